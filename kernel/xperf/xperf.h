/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xperf: measures what one crossing between user and kernel mode costs, in TSC cycles.
 *
 * Everything the files of this program share. The line contract and the
 * register protocol are described in docs/kernel-interface.md.
 */
#ifndef XPERF_H
#define XPERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define XPERF_MAGIC 0x19940619u
#define XPERF_VERSION 1
#define XPERF_MAX_BATCH 64
#define XPERF_MAX_FAULTS 100000000u
#define XPERF_MAX_WARMUP 10000000u
/* Pages touched between two refills of the range; also the unit that is checked and, if need be, rejected. */
#define XPERF_CHUNK 64u
/*
 * Crossings before each chunk that nobody measures: they run in the wake of the refill, of getrusage, of printing.
 * The first two differ from the rest (docs/kernel-interface.md, "What a chunk begins with").
 */
#define XPERF_SETTLE 4u
#define XPERF_PAGE 4096u
/* Pages of a range: a chunk with its settling crossings before it, and the one that closes it. */
#define XPERF_RANGE_PAGES (XPERF_SETTLE + XPERF_CHUNK + 1u)

/* Exit codes; part of the interface (kernel/xperf/README.md). */
enum xperf_exit {
	XPERF_EXIT_OK = 0,
	XPERF_EXIT_USAGE = 2,
	XPERF_EXIT_PINNING = 3,
	XPERF_EXIT_MEMORY = 4,
	XPERF_EXIT_NO_HOOK = 5,
	XPERF_EXIT_OTHER_HOOK = 6,
	XPERF_EXIT_HOOK_REFUSED = 7,
	XPERF_EXIT_OUTPUT = 8,
	XPERF_EXIT_NOTHING_MEASURED = 9,
	XPERF_EXIT_ORPHAN = 10,
};

struct xperf_probe;

struct xperf_options {
	const struct xperf_probe *probe;
	uint32_t faults;  /* measured crossings asked for */
	uint32_t warmup;  /* crossings before them, neither numbered nor printed */
	uint32_t batch;   /* samples a line; 1 = a line each */
	int cpu;          /* -1: the first CPU this process may use */
	uint32_t run;     /* nonce that ties the lines to one run */
	pid_t parent;     /* die with this process, which must be the parent; 0: live on */
	bool identify;    /* only pin, and tell what the CPU says of itself */
};

/* One measured round trip. */
struct xperf_sample {
	uint32_t seq;
	uint32_t cycles;
	bool interrupted;
};

/* Memory that is refilled with fresh pages again and again. */
struct xperf_range {
	unsigned char *start;
	size_t bytes;
	bool remap; /* this kernel has no MADV_DONTNEED: map anew instead */
};

/* A pair of stamps, one before and one after a crossing. */
struct xperf_stamps {
	uint64_t opening;
	uint64_t closing;
};

/* What a run measures; probes.c has the table. */
struct xperf_probe {
	const char *name;
	void (*run)(const struct xperf_options *options, int cpu);
	/* Round trips: makes `count` of them, on fresh pages from `pages` on if they fault, and keeps both stamps of each. */
	void (*cross)(unsigned char *pages, size_t count, struct xperf_stamps *stamps);
	bool faults; /* each raises exactly one minor fault; else none */
};

/* Operations of a marked fault. */
enum xperf_operation { XPERF_OP_BEGIN = 1, XPERF_OP_FAULT = 2, XPERF_OP_END = 3, XPERF_OP_SETTLE = 4 };

/*
 * What the hook reads from the registers of a marked fault.
 * XPERF_OP_BEGIN takes other values in two of them: r14 = warmup << 32 | faults,
 * r15 = overhead << 32 | batch.
 */
struct xperf_mark {
	uint64_t word;       /* r12: operation << 32 | magic */
	uint64_t index;      /* r14: number of the fault since begin, warm-up included */
	uint64_t user_stamp; /* r15: TSC right after the previous touch */
	uint64_t run;        /* rbx: run nonce */
};

/* options.c */
bool xperf_parse_options(int argc, char **argv, struct xperf_options *options);

/* probes.c */
const struct xperf_probe *xperf_find_probe(const char *name);
void xperf_print_probes(FILE *file, const char *between);

/* report.c: the contract's lines on standard output, failures on standard error. */
void xperf_fail(enum xperf_exit code, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
void xperf_print_begin(const struct xperf_options *options, int cpu, uint64_t overhead);
void xperf_print_samples(const struct xperf_options *options, int cpu,
			 const struct xperf_sample *samples, size_t count);
void xperf_print_end(const struct xperf_options *options, uint32_t samples);

/* machine.c */
void xperf_die_with(pid_t parent);
int xperf_pin(int wanted_cpu);
uint64_t xperf_stamp_overhead(void);

/* range.c */
struct xperf_range xperf_range_create(void);
void xperf_range_refill(struct xperf_range *range);

/* touch.c: the only place where a measured fault is raised. */
void xperf_touch_marked(unsigned char *first, size_t pages, struct xperf_mark *mark);
int64_t xperf_call_hook(unsigned char *page, const struct xperf_mark *mark);
void xperf_touch_timed(unsigned char *first, size_t pages, struct xperf_stamps *stamps);

/* round_trip.c: how probes run that need no patched kernel. */
void xperf_run_round_trips(const struct xperf_options *options, int cpu);

/* empty_syscall.c */
void xperf_call_empty_syscalls(unsigned char *pages, size_t count, struct xperf_stamps *stamps);

/* cpuid.c */
void xperf_call_cpuid(unsigned char *pages, size_t count, struct xperf_stamps *stamps);

/* hypervisor.c */
void xperf_print_hypervisor(void);

/* evidence.c */
void xperf_print_evidence(void);

/* crossing.c: probe pf, on a kernel that carries the hook. */
void xperf_run_crossings(const struct xperf_options *options, int cpu);

#endif
