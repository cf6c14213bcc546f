// SPDX-License-Identifier: GPL-2.0
#include "kmsg.h"

#include <errno.h>
#include <unistd.h>

int kmsg_read(int log, char *record)
{
	for (;;) {
		ssize_t size = read(log, record, KMSG_RECORD_SIZE);

		if (size > 0)
			return (int)size;
		if (size == 0 || errno == EAGAIN)
			return KMSG_NONE;
		if (errno == EPIPE)
			return KMSG_OVERWRITTEN;
		if (errno != EINTR)
			return KMSG_FAILED;
	}
}
