// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "guest.h"
#include "../../follow/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* First record of what is passed on: written here, so that a loss right behind it shows in the numbers. */
#define FIRST_RECORD "<6>xperf-guest: the log is followed from here\n"

struct output {
	const char *name; /* what the host sees a line of it begin with */
	int descriptor;   /* -1 once it has ended */
	char line[2048];
	size_t length;
};

static volatile sig_atomic_t child_ended;

static void on_child(int signal)
{
	(void)signal;
	child_ended = 1;
}

static void fail(const char *what)
{
	port_print("@error %s: %s\n", what, strerror(errno));
	port_flush();
	power_off();
}

/* With more than one CPU this reader takes the last, so that the program has its own. */
static void pin_reader(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t only;

	CPU_ZERO(&only);
	CPU_SET((size_t)cpus - 1, &only);
	if (cpus > 1 && sched_setaffinity(0, sizeof(only), &only) != 0)
		fail("cannot pin the reader");
}

static int open_log(void)
{
	int log = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (log < 0 || lseek(log, 0, SEEK_END) < 0)
		fail("/dev/kmsg");
	if (write(log, FIRST_RECORD, strlen(FIRST_RECORD)) < 0)
		fail("cannot write to /dev/kmsg");
	return log;
}

/* Passes on every record that is there now, without its dictionary lines. */
static void drain_log(int log)
{
	static char record[KMSG_RECORD_SIZE];

	for (;;) {
		int size = kmsg_read(log, record);

		if (size == KMSG_NONE)
			return;
		if (size == KMSG_FAILED)
			fail("cannot read /dev/kmsg");
		if (size == KMSG_OVERWRITTEN) {
			port_print("@epipe\n");
		} else {
			char *end = memchr(record, '\n', (size_t)size);

			port_write(record, end ? (size_t)(end - record) : (size_t)size);
			port_write("\n", 1);
		}
	}
}

static void finish_line(struct output *output)
{
	port_print("@%s %.*s\n", output->name, (int)output->length, output->line);
	output->length = 0;
}

/* Passes on what the program wrote, line by line; a line longer than the buffer is split. */
static void drain_output(struct output *output)
{
	char bytes[4096];
	ssize_t size = read(output->descriptor, bytes, sizeof(bytes));

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		if (output->length)
			finish_line(output);
		close(output->descriptor);
		output->descriptor = -1;
		return;
	}
	for (ssize_t i = 0; i < size; i++) {
		if (bytes[i] == '\n' || output->length == sizeof(output->line))
			finish_line(output);
		if (bytes[i] != '\n')
			output->line[output->length++] = bytes[i];
	}
}

static pid_t start_program(struct job *job, struct output *out, struct output *err)
{
	int out_pipe[2], err_pipe[2];
	cpu_set_t all;
	pid_t child;

	if (pipe2(out_pipe, O_CLOEXEC) != 0 || pipe2(err_pipe, O_CLOEXEC) != 0)
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		char path[80];

		memset(&all, 0xff, sizeof(all));
		sched_setaffinity(0, sizeof(all), &all);
		dup2(out_pipe[1], STDOUT_FILENO);
		dup2(err_pipe[1], STDERR_FILENO);
		snprintf(path, sizeof(path), "/bin/%s", job->program);
		execv(path, job->arguments);
		dprintf(STDERR_FILENO, "cannot start %s: %s\n", path, strerror(errno));
		_exit(127);
	}
	close(out_pipe[1]);
	close(err_pipe[1]);
	*out = (struct output){ .name = "out", .descriptor = out_pipe[0] };
	*err = (struct output){ .name = "err", .descriptor = err_pipe[0] };
	fcntl(out_pipe[0], F_SETFL, O_NONBLOCK);
	fcntl(err_pipe[0], F_SETFL, O_NONBLOCK);
	return child;
}

static void drain_outputs(struct output *out, struct output *err)
{
	if (out->descriptor >= 0)
		drain_output(out);
	if (err->descriptor >= 0)
		drain_output(err);
}

void run_job(struct job *job)
{
	struct output out, err;
	int log = -1, status;
	sigset_t blocked, while_waiting;
	pid_t child;

	signal(SIGCHLD, on_child);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
	pin_reader();
	if (!job->no_log)
		log = open_log();
	child = start_program(job, &out, &err);
	while (!child_ended) {
		struct pollfd waits[] = {
			{ .fd = job->read_after ? -1 : log, .events = POLLIN },
			{ .fd = out.descriptor, .events = POLLIN },
			{ .fd = err.descriptor, .events = POLLIN },
		};

		port_flush();
		if (ppoll(waits, 3, NULL, &while_waiting) < 0 && errno != EINTR)
			fail("poll");
		if (waits[0].fd >= 0 && (waits[0].revents || child_ended))
			drain_log(log);
		drain_outputs(&out, &err);
	}
	waitpid(child, &status, 0);
	while (out.descriptor >= 0 || err.descriptor >= 0)
		drain_outputs(&out, &err);
	if (log >= 0)
		drain_log(log);
	port_print("@exit status=%d signal=%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		   WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}
