// SPDX-License-Identifier: GPL-2.0
#include "xperf.h"

#include <stdio.h>

#ifndef __x86_64__
#error "xperf reads x86-64 registers and instructions; build it on an x86-64 host"
#endif

int main(int argc, char **argv)
{
	struct xperf_options options;
	int cpu;

	if (!xperf_parse_options(argc, argv, &options)) {
		fputs("usage: xperf --probe ", stderr);
		xperf_print_probes(stderr, "|");
		fputs(" --run <8 hex digits> [--faults N] [--warmup N] [--cpu N] [--batch 1..64] [--parent PID]\n"
		      "       xperf --identify [--cpu N]\n",
		      stderr);
		return XPERF_EXIT_USAGE;
	}
	if (options.parent != 0)
		xperf_die_with(options.parent);
	cpu = xperf_pin(options.cpu);
	if (options.identify) {
		xperf_print_hypervisor();
		xperf_print_evidence();
	} else {
		options.probe->run(&options, cpu);
	}
	return XPERF_EXIT_OK;
}
