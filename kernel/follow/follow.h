/* SPDX-License-Identifier: GPL-2.0 */
/* follow: runs a program and passes on the kernel log from before its start to after its end. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "fail.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct follow_options {
	int cpu;      /* where the reader runs; -1: anywhere */
	pid_t parent; /* die with this process, which must be the parent; 0: live on */
	char **program; /* path and arguments, NULL last */
};

/* options.c */
struct follow_options follow_parse_options(int argc, char **argv);

/* queue.c: bytes that were read from the log and not yet taken by who reads us. */
void queue_create(void);
bool queue_has_room(void);
bool queue_is_empty(void);
void queue_put(const char *bytes, size_t count);
/* Writes what the descriptor takes; -1 with errno when it is broken. */
int queue_write(int descriptor);

/* program.c */
pid_t program_start(char **program, const cpu_set_t *cpus);
/* Ends this process as the program ended: with its exit code, or by its signal. */
void end_like(int status) __attribute__((noreturn));

#endif
