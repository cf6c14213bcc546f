// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "xperf.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* Pages kept mapped around the range, so that its page tables are never freed. */
#define GUARD_PAGES 1u

static unsigned char *map(void *where, size_t bytes, int extra_flags)
{
	void *start = mmap(where, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | extra_flags, -1, 0);

	if (start == MAP_FAILED)
		xperf_fail(XPERF_EXIT_MEMORY, "mmap of %zu bytes failed: %s; free memory or raise the address-space limit (ulimit -v)",
			   bytes, strerror(errno));
	return start;
}

/* Maps XPERF_RANGE_PAGES pages and touches each once, so that only the pages themselves are missing later. */
struct xperf_range xperf_range_create(void)
{
	size_t guard = GUARD_PAGES * XPERF_PAGE, bytes = XPERF_RANGE_PAGES * XPERF_PAGE;
	unsigned char *all = map(NULL, guard + bytes + guard, 0);
	struct xperf_range range = { .start = all + guard, .bytes = bytes };

	/* Without huge pages built in there is nothing to switch off: EINVAL; without madvise: ENOSYS. */
	if (madvise(all, guard + bytes + guard, MADV_NOHUGEPAGE) != 0 && errno != EINVAL && errno != ENOSYS)
		xperf_fail(XPERF_EXIT_MEMORY, "cannot keep huge pages away: %s", strerror(errno));
	for (size_t at = 0; at < guard + bytes + guard; at += XPERF_PAGE)
		all[at] = 1;
	return range;
}

/* Takes the pages away again: the next touch of each faults. */
void xperf_range_refill(struct xperf_range *range)
{
	if (!range->remap) {
		if (madvise(range->start, range->bytes, MADV_DONTNEED) == 0)
			return;
		if (errno != ENOSYS)
			xperf_fail(XPERF_EXIT_MEMORY, "MADV_DONTNEED failed: %s", strerror(errno));
		range->remap = true;
	}
	map(range->start, range->bytes, MAP_FIXED);
	/* A new mapping starts out with the system's huge-page policy again; the outcome was checked at creation. */
	(void)madvise(range->start, range->bytes, MADV_NOHUGEPAGE);
}
