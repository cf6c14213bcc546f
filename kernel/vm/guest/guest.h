/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the guest's init share. Protocol of the port: kernel/vm/README.md. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>

/* port.c: buffered, blocking output to the host. */
void port_open(void);
void port_write(const char *bytes, size_t count);
void port_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void port_flush(void);

/* facts.c: what this guest is. */
void print_facts(void);

/* job.c: what the kernel command line asks for. */
#define MAX_ARGUMENTS 32

struct job {
	char program[64];
	char *arguments[MAX_ARGUMENTS + 2]; /* program first, NULL last */
	bool read_after; /* read the log only once the program has ended */
	bool no_log;     /* do not read the log at all: another program does */
};

bool read_job(struct job *job);

/* follow.c: runs the program and passes on its output and the kernel log. */
void run_job(struct job *job);

/* power.c */
void power_off(void) __attribute__((noreturn));

#endif
