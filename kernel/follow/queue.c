// SPDX-License-Identifier: GPL-2.0
#include "follow.h"
#include "kmsg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The kernel's ring of 128K holds some 13,000 samples, less than a tenth of a second; this holds some three million
 * and is touched only as far as it is needed. A power of two.
 */
#define CAPACITY ((size_t)32 << 20)

static char *bytes;
/* Counts of bytes ever put and ever taken; their difference is what is held. */
static size_t put, taken;

void queue_create(void)
{
	bytes = malloc(CAPACITY);
	if (!bytes)
		follow_fail(FOLLOW_EXIT_MEMORY, "no memory for the queue: %s", strerror(errno));
}

bool queue_has_room(void)
{
	/* Two records: the first one may bring the one before it along. */
	return CAPACITY - (put - taken) >= 2 * KMSG_RECORD_SIZE;
}

bool queue_is_empty(void)
{
	return put == taken;
}

void queue_put(const char *from, size_t count)
{
	size_t at = put % CAPACITY, first = count < CAPACITY - at ? count : CAPACITY - at;

	memcpy(bytes + at, from, first);
	memcpy(bytes, from + first, count - first);
	put += count;
}

int queue_write(int descriptor)
{
	while (!queue_is_empty()) {
		size_t at = taken % CAPACITY, held = put - taken;
		ssize_t written = write(descriptor, bytes + at, held < CAPACITY - at ? held : CAPACITY - at);

		if (written > 0)
			taken += (size_t)written;
		else if (errno == EAGAIN)
			return 0;
		else if (errno != EINTR)
			return -1;
	}
	/* Empty: begin again at the front, so that only as much memory is touched as was ever held. */
	put = taken = 0;
	return 0;
}
