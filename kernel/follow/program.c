// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program needs no right of ours: reading the log is our part. Kernels before 4.3 have no ambient rights. */
static void drop_ambient_rights(void)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
		follow_fail(FOLLOW_EXIT_PROGRAM, "cannot drop ambient capabilities: %s", strerror(errno));
}

static void become(char **program, const cpu_set_t *cpus, pid_t reader)
{
	sigset_t none;
	int nothing = open("/dev/null", O_RDWR);

	/* Nobody would read the result any more when the reader is gone. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != reader)
		follow_fail(FOLLOW_EXIT_ORPHAN, "the reader is gone");
	if (sched_setaffinity(0, sizeof(*cpus), cpus) != 0)
		follow_fail(FOLLOW_EXIT_PINNING, "cannot give the program its CPUs back: %s", strerror(errno));
	drop_ambient_rights();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* Standard output is the log's alone. */
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		follow_fail(FOLLOW_EXIT_PROGRAM, "cannot set up the program: %s", strerror(errno));
	execv(program[0], program);
	follow_fail(FOLLOW_EXIT_PROGRAM, "cannot start %s: %s", program[0], strerror(errno));
}

pid_t program_start(char **program, const cpu_set_t *cpus)
{
	pid_t reader = getpid(), child = fork();

	if (child < 0)
		follow_fail(FOLLOW_EXIT_PROGRAM, "fork: %s", strerror(errno));
	if (child == 0)
		become(program, cpus, reader);
	return child;
}

void end_like(int status)
{
	const struct rlimit no_core = { 0 };

	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	setrlimit(RLIMIT_CORE, &no_core);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	exit(FOLLOW_EXIT_PROGRAM);
}
