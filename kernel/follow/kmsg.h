/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel log, record by record. Shared by follow and the guest's init. */
#ifndef KMSG_H
#define KMSG_H

#include <stddef.h>

/* Longest record of /dev/kmsg with its prefix and its dictionary lines (CONSOLE_EXT_LOG_MAX of Linux). */
#define KMSG_RECORD_SIZE 8192

/* What one read gives beside a record's size. */
#define KMSG_NONE 0        /* no more records now */
#define KMSG_OVERWRITTEN -1 /* records were overwritten before they were read; the next one's number tells how many */
#define KMSG_FAILED -2     /* errno tells why */

/* One read is one record. Returns its size in bytes, or one of the above. `log` must be non-blocking. */
int kmsg_read(int log, char *record);

#endif
