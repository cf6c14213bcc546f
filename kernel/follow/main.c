// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "follow.h"
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG "/dev/kmsg"
/*
 * So many records at most are read to reach the log's end, before the program and after it: a ring of 64M holds
 * fewer, and a flood from elsewhere must not hold us for ever.
 */
#define MOST_RECORDS 1000000

static volatile sig_atomic_t program_ended;

static void on_child(int signal)
{
	(void)signal;
	program_ended = 1;
}

static void die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		follow_fail(FOLLOW_EXIT_ORPHAN, "process %d, named by --parent, is not the parent of this one", (int)parent);
}

static int open_log(void)
{
	int log = open(LOG, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log < 0 && (errno == EPERM || errno == EACCES))
		follow_fail(FOLLOW_EXIT_LOG_DENIED, "cannot open " LOG ": %s; give this user CAP_SYSLOG", strerror(errno));
	if (log < 0)
		follow_fail(FOLLOW_EXIT_LOG, "cannot open " LOG ": %s", strerror(errno));
	return log;
}

/* The last record before the program was started; size 0 once it is known whether it is needed. */
static struct {
	char bytes[KMSG_RECORD_SIZE];
	int size;
} before;

/*
 * Goes to the log's end and keeps the last record that stands there. SEEK_END would be quicker, but would not tell
 * that record's number, and without it a loss right behind it would not show as a jump.
 */
static void go_to_end(int log)
{
	static char record[KMSG_RECORD_SIZE];

	for (int read = 0; read < MOST_RECORDS; read++) {
		int size = kmsg_read(log, record);

		if (size == KMSG_FAILED)
			follow_fail(FOLLOW_EXIT_LOG, "cannot read " LOG ": %s", strerror(errno));
		if (size == KMSG_NONE)
			break;
		if (size > 0) {
			memcpy(before.bytes, record, (size_t)size);
			before.size = size;
		}
	}
	if (before.size == 0)
		follow_fail(FOLLOW_EXIT_LOG, LOG " holds no record at all");
}

/* A record begins `priority,number,`. */
static unsigned long long number_of(const char *record, int size)
{
	const char *comma = memchr(record, ',', (size_t)size);

	return comma ? strtoull(comma + 1, NULL, 10) : 0;
}

/* Queues a record; before the first one the record that stood there already, when others were lost in between. */
static void pass_on(const char *record, int size)
{
	if (before.size > 0 && number_of(record, size) != number_of(before.bytes, before.size) + 1)
		queue_put(before.bytes, (size_t)before.size);
	before.size = 0;
	queue_put(record, (size_t)size);
}

/* Queues what is in the log now, at most `*left` records, and takes them off `*left`. False when there is no more. */
static bool read_log(int log, int *left)
{
	static char record[KMSG_RECORD_SIZE];

	for (; *left > 0 && queue_has_room(); (*left)--) {
		int size = kmsg_read(log, record);

		if (size == KMSG_FAILED)
			follow_fail(FOLLOW_EXIT_LOG, "cannot read " LOG ": %s", strerror(errno));
		if (size == KMSG_NONE)
			return false;
		if (size > 0)
			pass_on(record, size);
	}
	return true;
}

static void write_output(pid_t program)
{
	const char *reason;

	if (queue_write(STDOUT_FILENO) == 0)
		return;
	reason = strerror(errno);
	kill(program, SIGKILL);
	follow_fail(FOLLOW_EXIT_OUTPUT, "cannot write to standard output: %s", reason);
}

/* Passes the log on until the program has ended. */
static void follow_while_running(int log, pid_t program, const sigset_t *while_waiting)
{
	while (!program_ended) {
		/* Until the next look at our own output. */
		int at_once = 256;
		struct pollfd waits[] = {
			{ .fd = queue_has_room() ? log : -1, .events = POLLIN },
			{ .fd = queue_is_empty() ? -1 : STDOUT_FILENO, .events = POLLOUT },
		};

		if (ppoll(waits, 2, NULL, while_waiting) < 0 && errno != EINTR)
			follow_fail(FOLLOW_EXIT_LOG, "poll: %s", strerror(errno));
		read_log(log, &at_once);
		write_output(program);
	}
}

/* All that the program caused is in the ring when it has ended: reads to the ring's end and passes on the rest. */
static void follow_to_end(int log, pid_t program)
{
	bool more = true;

	/* Only what was read counts: while the queue is full, it is our reader that is slow and not the log that is long. */
	for (int left = MOST_RECORDS; more && left > 0;) {
		struct pollfd wait = { .fd = STDOUT_FILENO, .events = POLLOUT };

		more = read_log(log, &left);
		if (!queue_has_room())
			poll(&wait, 1, -1);
		write_output(program);
	}
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) & ~O_NONBLOCK);
	write_output(program);
}

static void pin(int cpu)
{
	cpu_set_t only;

	CPU_ZERO(&only);
	CPU_SET((size_t)cpu, &only);
	if (sched_setaffinity(0, sizeof(only), &only) != 0)
		follow_fail(FOLLOW_EXIT_PINNING, "cannot pin the log's reader to CPU %d: %s", cpu, strerror(errno));
}

int main(int argc, char **argv)
{
	struct follow_options options = follow_parse_options(argc, argv);
	sigset_t blocked, while_waiting;
	cpu_set_t cpus;
	pid_t program;
	int log, status;

	if (options.parent != 0)
		die_with(options.parent);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, on_child);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
	if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
		follow_fail(FOLLOW_EXIT_PINNING, "cannot read the CPU affinity: %s", strerror(errno));
	if (options.cpu >= 0)
		pin(options.cpu);
	queue_create();
	log = open_log();
	go_to_end(log);
	fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
	program = program_start(options.program, &cpus);
	follow_while_running(log, program, &while_waiting);
	waitpid(program, &status, 0);
	follow_to_end(log, program);
	end_like(status);
}
