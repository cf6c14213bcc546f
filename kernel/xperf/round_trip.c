// SPDX-License-Identifier: GPL-2.0
/* A whole round trip, seen from user mode, on any kernel. */
#define _GNU_SOURCE
#include "xperf.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Samples kept before they are printed. Printing disturbs caches, so it happens
 * seldom, and one chunk is thrown away after it.
 */
#define BLOCK 8192u

/* What must not change, or must change by a known count, while a chunk is measured. */
struct surroundings {
	long minor_faults;
	long major_faults;
	long switches;
};

static struct surroundings look_around(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		xperf_fail(XPERF_EXIT_NOTHING_MEASURED, "getrusage failed: %s", strerror(errno));
	return (struct surroundings){ usage.ru_minflt, usage.ru_majflt, usage.ru_nvcsw + usage.ru_nivcsw };
}

struct chunk {
	struct xperf_stamps stamps[XPERF_SETTLE + XPERF_CHUNK]; /* the first XPERF_SETTLE are never reported */
	bool valid;    /* every touch raised exactly one minor fault, on the right CPU */
	bool switched; /* this process was switched out meanwhile */
};

static void measure_chunk(const struct xperf_probe *probe, struct xperf_range *range, int cpu, size_t crossings,
			  struct chunk *chunk)
{
	size_t all = XPERF_SETTLE + crossings;
	long faults = probe->faults ? (long)all : 0;
	struct surroundings before, after;

	if (probe->faults)
		xperf_range_refill(range);
	before = look_around();
	probe->cross(range->start, all, chunk->stamps);
	after = look_around();
	chunk->valid = after.minor_faults - before.minor_faults == faults && after.major_faults == before.major_faults &&
		       sched_getcpu() == cpu;
	chunk->switched = after.switches != before.switches;
}

static void warm_up(const struct xperf_probe *probe, struct xperf_range *range, int cpu, uint32_t crossings)
{
	struct chunk chunk;

	memset(&chunk, 0, sizeof(chunk));
	for (uint32_t done = 0; done < crossings; done += XPERF_CHUNK)
		measure_chunk(probe, range, cpu, XPERF_CHUNK, &chunk);
}

/* Appends the chunk's samples, the first of which has number `seq`; returns how many it gave. */
static size_t keep_samples(const struct chunk *chunk, size_t crossings, uint32_t seq, struct xperf_sample *samples)
{
	size_t kept = 0;

	for (size_t i = 0; chunk->valid && i < crossings; i++) {
		const struct xperf_stamps *stamps = &chunk->stamps[XPERF_SETTLE + i];
		uint64_t cycles = stamps->closing - stamps->opening;

		if (cycles <= UINT32_MAX)
			samples[kept++] = (struct xperf_sample){ seq + (uint32_t)i, (uint32_t)cycles, chunk->switched };
	}
	return kept;
}

void xperf_run_round_trips(const struct xperf_options *options, int cpu)
{
	static struct xperf_sample block[BLOCK];
	struct xperf_range range = xperf_range_create();
	uint32_t seq = 0, samples = 0;

	memset(block, 1, sizeof(block));
	warm_up(options->probe, &range, cpu, options->warmup);
	xperf_print_begin(options, cpu, xperf_stamp_overhead());
	while (seq < options->faults) {
		size_t kept = 0;

		warm_up(options->probe, &range, cpu, XPERF_CHUNK);
		while (seq < options->faults && kept + XPERF_CHUNK <= BLOCK) {
			uint32_t left = options->faults - seq;
			size_t crossings = left < XPERF_CHUNK ? left : XPERF_CHUNK;
			struct chunk chunk;

			memset(&chunk, 0, sizeof(chunk));
			measure_chunk(options->probe, &range, cpu, crossings, &chunk);
			kept += keep_samples(&chunk, crossings, seq, block + kept);
			seq += (uint32_t)crossings;
		}
		xperf_print_samples(options, cpu, block, kept);
		samples += (uint32_t)kept;
	}
	xperf_print_end(options, samples);
	if (samples == 0)
		xperf_fail(XPERF_EXIT_NOTHING_MEASURED, "every one of %u crossings was rejected: something else faults or moves this process",
			   options->faults);
}
