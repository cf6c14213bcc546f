// SPDX-License-Identifier: GPL-2.0
/*
 * Probe pf: both directions of a page fault, on a kernel that carries the hook.
 * This program raises marked faults; the kernel takes its own stamps and prints the lines.
 */
#include "xperf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOOK_FILE "/proc/xperf"

static uint64_t mark_word(enum xperf_operation operation)
{
	return (uint64_t)operation << 32 | XPERF_MAGIC;
}

/* Refuses to go on unless this kernel carries the hook, in the version spoken here, switched on. */
static void check_hook(void)
{
	FILE *file = fopen(HOOK_FILE, "r");
	unsigned int version = 0, magic = 0;
	char line[256], mode[16] = "";
	bool settles = false;

	if (!file)
		xperf_fail(XPERF_EXIT_NO_HOOK, "no " HOOK_FILE " (%s): this kernel does not carry the xperf hook; boot one built by `npm run kernel:build` (docs/patched-host.md), or use probe pf_rt",
			   strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "version=%u", &version);
		sscanf(line, "magic=%x", &magic);
		sscanf(line, "mode=%15s", mode);
		settles |= strncmp(line, "capabilities=", 13) == 0 && strstr(line, "settle");
	}
	fclose(file);
	if (version != XPERF_VERSION || magic != XPERF_MAGIC)
		xperf_fail(XPERF_EXIT_OTHER_HOOK, HOOK_FILE " says version %u, magic 0x%08x; this program needs version %d, magic 0x%08x: build kernel and xperf from the same tree",
			   version, magic, XPERF_VERSION, XPERF_MAGIC);
	if (!settles)
		xperf_fail(XPERF_EXIT_OTHER_HOOK, HOOK_FILE " does not name the capability settle: that hook would take the fault that closes a chunk for a measured one; build kernel and xperf from the same tree");
	if (strcmp(mode, "off") == 0)
		xperf_fail(XPERF_EXIT_HOOK_REFUSED, "the hook is switched off; as root: echo mode=owner > " HOOK_FILE);
}

static int64_t ask_hook(struct xperf_range *range, const struct xperf_mark *mark, const char *what)
{
	int64_t answer;

	xperf_range_refill(range);
	answer = xperf_call_hook(range->start, mark);
	if (answer == INT64_MIN)
		xperf_fail(XPERF_EXIT_NO_HOOK, "the kernel did not answer a marked fault (%s), though " HOOK_FILE " is there", what);
	if (answer == -EPERM)
		xperf_fail(XPERF_EXIT_HOOK_REFUSED, "the hook does not serve user %u: with mode=owner it serves root and the owner, with mode=root root only (both stand in " HOOK_FILE "); as root: echo owner=%u > " HOOK_FILE,
			   (unsigned int)geteuid(), (unsigned int)geteuid());
	if (answer < 0)
		xperf_fail(XPERF_EXIT_HOOK_REFUSED, "the hook refused to %s the run: %s", what, strerror((int)-answer));
	return answer;
}

/* Crossings of a live run that nobody measures; the first closes the sample before it and lets the hook print. */
static void settle(unsigned char *first, size_t pages, const struct xperf_mark *measured)
{
	struct xperf_mark mark = *measured;

	mark.word = mark_word(XPERF_OP_SETTLE);
	xperf_touch_marked(first, pages, &mark);
}

static void measure_chunk(struct xperf_range *range, size_t pages, struct xperf_mark *mark)
{
	unsigned char *first = range->start + XPERF_SETTLE * XPERF_PAGE;

	xperf_range_refill(range);
	settle(range->start, XPERF_SETTLE, mark);
	xperf_touch_marked(first, pages, mark);
	settle(first + pages * XPERF_PAGE, 1, mark);
}

void xperf_run_crossings(const struct xperf_options *options, int cpu)
{
	uint64_t left = (uint64_t)options->warmup + options->faults;
	struct xperf_range range = xperf_range_create();
	struct xperf_mark mark = { .word = mark_word(XPERF_OP_BEGIN), .run = options->run };

	(void)cpu; /* the hook says where each fault was */
	check_hook();
	mark.index = (uint64_t)options->warmup << 32 | options->faults;
	mark.user_stamp = xperf_stamp_overhead() << 32 | options->batch;
	ask_hook(&range, &mark, "begin");

	mark = (struct xperf_mark){ .word = mark_word(XPERF_OP_FAULT), .run = options->run };
	while (left > 0) {
		size_t pages = left < XPERF_CHUNK ? (size_t)left : XPERF_CHUNK;

		measure_chunk(&range, pages, &mark);
		left -= pages;
	}

	mark.word = mark_word(XPERF_OP_END);
	if (ask_hook(&range, &mark, "end") == 0)
		xperf_fail(XPERF_EXIT_NOTHING_MEASURED, "the hook rejected every one of %" PRIu32 " faults; its counters in " HOOK_FILE " tell why",
			   options->faults);
}
