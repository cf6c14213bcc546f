// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "xperf.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define OVERHEAD_PAIRS 1001

/* Has the kernel kill this process when `parent` dies, however it dies: nobody would read the result any more. */
void xperf_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		xperf_fail(XPERF_EXIT_ORPHAN, "cannot tie this process to its parent: %s", strerror(errno));
	/* It may have died before the call. */
	if (getppid() != parent)
		xperf_fail(XPERF_EXIT_ORPHAN, "process %d, named by --parent, is not the parent of this one", (int)parent);
}

static int first_allowed_cpu(void)
{
	cpu_set_t allowed;

	CPU_ZERO(&allowed);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		xperf_fail(XPERF_EXIT_PINNING, "cannot read the CPU affinity: %s", strerror(errno));
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			return cpu;
	xperf_fail(XPERF_EXIT_PINNING, "the CPU affinity names no CPU");
}

/* Pins this process to `wanted_cpu` (-1: the first it may use) and proves it. Returns the CPU. */
int xperf_pin(int wanted_cpu)
{
	int cpu = wanted_cpu < 0 ? first_allowed_cpu() : wanted_cpu;
	cpu_set_t only;

	CPU_ZERO(&only);
	CPU_SET(cpu, &only);
	if (sched_setaffinity(0, sizeof(only), &only) != 0)
		xperf_fail(XPERF_EXIT_PINNING, "cannot pin to CPU %d: %s; name an online CPU that this process may use (taskset -p, cpuset)",
			   cpu, strerror(errno));
	if (sched_getcpu() != cpu)
		xperf_fail(XPERF_EXIT_PINNING, "pinned to CPU %d but running on CPU %d", cpu, sched_getcpu());
	return cpu;
}

static int compare_cycles(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Median distance of two stamps with nothing between them, in TSC cycles. Reported, never subtracted. */
uint64_t xperf_stamp_overhead(void)
{
	uint64_t cycles[OVERHEAD_PAIRS];

	for (size_t pair = 0; pair < OVERHEAD_PAIRS; pair++) {
		uint64_t opening_low, opening_high, closing_low, closing_high;

		asm volatile(".p2align 6\n lfence\n rdtsc\n mov %%eax, %%r8d\n mov %%edx, %%r9d\n rdtsc\n mov %%r8, %0\n mov %%r9, %1\n"
			     : "=&r"(opening_low), "=&r"(opening_high), "=&a"(closing_low), "=&d"(closing_high)
			     :
			     : "r8", "r9");
		cycles[pair] = (closing_high << 32 | closing_low) - (opening_high << 32 | opening_low);
	}
	qsort(cycles, OVERHEAD_PAIRS, sizeof(cycles[0]), compare_cycles);
	return cycles[OVERHEAD_PAIRS / 2];
}
