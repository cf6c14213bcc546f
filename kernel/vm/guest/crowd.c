// SPDX-License-Identifier: GPL-2.0
/*
 * Several processes measure at once, none of them pinned, beside one that only burns
 * time and faults without a mark. Usage: crowd PROCESSES FAULTS BATCH.
 * Process i has the nonce 0xc0de0000 + i. Fails when any of them fails.
 */
#include "../../xperf/xperf.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_NONCE 0xc0de0000u

static pid_t start(void (*work)(const struct xperf_options *, int), const struct xperf_options *options)
{
	pid_t child = fork();

	if (child < 0) {
		perror("fork");
		exit(1);
	}
	if (child == 0) {
		work(options, -1);
		exit(0);
	}
	return child;
}

static void hog(const struct xperf_options *options, int cpu)
{
	struct xperf_range range = xperf_range_create();

	(void)options;
	(void)cpu;
	for (;;) {
		xperf_range_refill(&range);
		for (size_t at = 0; at < range.bytes; at += 4096)
			((volatile unsigned char *)range.start)[at] = 1;
	}
}

int main(int argc, char **argv)
{
	struct xperf_options options = { .probe = xperf_find_probe("pf"), .warmup = 64 };
	int processes, failures = 0;
	pid_t burner;

	if (argc != 4) {
		fputs("usage: crowd PROCESSES FAULTS BATCH\n", stderr);
		return 2;
	}
	processes = atoi(argv[1]);
	options.faults = (uint32_t)atoi(argv[2]);
	options.batch = (uint32_t)atoi(argv[3]);
	burner = start(hog, &options);
	for (int i = 0; i < processes; i++) {
		options.run = FIRST_NONCE + (uint32_t)i;
		start(xperf_run_crossings, &options);
	}
	for (int i = 0; i < processes; i++) {
		int status;

		wait(&status);
		failures += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	kill(burner, SIGKILL);
	waitpid(burner, NULL, 0);
	printf("processes=%d failures=%d\n", processes, failures);
	return failures != 0;
}
