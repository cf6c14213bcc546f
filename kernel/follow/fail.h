/* SPDX-License-Identifier: GPL-2.0 */
/* How follow ends when it cannot do its work. */
#ifndef FOLLOW_FAIL_H
#define FOLLOW_FAIL_H

/* Exit codes of follow itself; any other is the program's. Part of the interface (README.md). */
enum follow_exit {
	FOLLOW_EXIT_USAGE = 100,
	FOLLOW_EXIT_ORPHAN = 101,
	FOLLOW_EXIT_LOG_DENIED = 102,
	FOLLOW_EXIT_LOG = 103,
	FOLLOW_EXIT_PINNING = 104,
	FOLLOW_EXIT_MEMORY = 105,
	FOLLOW_EXIT_OUTPUT = 106,
	FOLLOW_EXIT_PROGRAM = 107,
};

void follow_fail(enum follow_exit code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

#endif
