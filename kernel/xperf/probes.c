// SPDX-License-Identifier: GPL-2.0
/* What xperf can measure. A probe is a file of its own and its row here. */
#include "xperf.h"

#include <string.h>

static const struct xperf_probe probes[] = {
	{ .name = "pf", .run = xperf_run_crossings },
	{ .name = "pf_rt", .run = xperf_run_round_trips, .cross = xperf_touch_timed, .faults = true },
	{ .name = "syscall_rt", .run = xperf_run_round_trips, .cross = xperf_call_empty_syscalls },
	{ .name = "cpuid_rt", .run = xperf_run_round_trips, .cross = xperf_call_cpuid },
};

#define PROBES (sizeof(probes) / sizeof(probes[0]))

const struct xperf_probe *xperf_find_probe(const char *name)
{
	for (size_t i = 0; i < PROBES; i++)
		if (strcmp(name, probes[i].name) == 0)
			return &probes[i];
	return NULL;
}

void xperf_print_probes(FILE *file, const char *between)
{
	for (size_t i = 0; i < PROBES; i++)
		fprintf(file, "%s%s", i ? between : "", probes[i].name);
}
