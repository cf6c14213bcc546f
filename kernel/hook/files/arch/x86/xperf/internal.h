/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _XPERF_INTERNAL_H
#define _XPERF_INTERNAL_H

#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <asm/cpufeature.h>

/* Runs that may go on at once; the table is static, so no fault ever allocates. */
#define XPERF_MAX_RUNS		64
#define XPERF_MAX_BATCH		64
#define XPERF_MAX_FAULTS	100000000u
#define XPERF_MAX_WARMUP	10000000u

/* Text of the samples of one batch line, and a whole line; printk cuts records at 992 characters (6.1). */
#define XPERF_VALUES_SIZE	850
#define XPERF_LINE_SIZE		970

enum xperf_operation {
	XPERF_OP_BEGIN = 1,
	XPERF_OP_FAULT = 2,
	XPERF_OP_END = 3,
	XPERF_OP_SETTLE = 4,
};

enum xperf_mode { XPERF_MODE_OFF, XPERF_MODE_ROOT, XPERF_MODE_OWNER, XPERF_MODE_ANY };
extern enum xperf_mode xperf_mode;

/* One crossing pair. */
struct xperf_sample {
	u32 seq;
	u32 u2k;
	s64 k2u;	/* -1: no valid exit stamp */
	int cpu;
	bool interrupted;
};

/* How the latest exit stamp of a run was armed; tells whether that stamp is ours. */
struct xperf_arming {
	bool armed;
	int cpu;
	u64 exits;
	unsigned long switches;
};

/* Touched only by the task that owns it, from its own faults. */
struct xperf_run {
	struct task_struct *owner;	/* NULL: free */
	pid_t pid;
	u64 started;			/* start time of the owner: a later task may get the same address and pid */

	u32 nonce, faults, warmup, batch, overhead;
	u32 next_index;			/* of the next fault, warm-up included */
	u32 samples;			/* samples printed or kept */

	struct xperf_arming arming;
	bool open_sample;		/* u2k is known, k2u not yet */
	struct xperf_sample sample;
	bool closed_sample;		/* complete, to be kept when this fault is left */
	struct xperf_sample closed;

	u32 kept_count;			/* complete, not printed yet */
	struct xperf_sample kept[XPERF_MAX_BATCH];

	char values[XPERF_VALUES_SIZE];
	char line[XPERF_LINE_SIZE];	/* the line being put together */
};

#define XPERF_COUNTERS(COUNTER)					\
	COUNTER(faults)		/* marked faults of live runs */	\
	COUNTER(samples)	/* samples printed or kept */	\
	COUNTER(interrupted)	/* of these: flagged */	\
	COUNTER(no_exit)	/* of these: without a valid exit stamp */	\
	COUNTER(repeated)	/* the same fault again: it was not resolved the first time */	\
	COUNTER(bad_order)	/* entry stamp before the user's: other CPU's clock */	\
	COUNTER(elsewhere)	/* marked, but not at the announced address */	\
	COUNTER(foreign)	/* marked, but by no live run, or outside its numbers */	\
	COUNTER(refused)	/* begin refused */	\
	COUNTER(settled)	/* settling faults of live runs */	\
	COUNTER(abandoned)	/* runs whose process ended without end */

struct xperf_counters {
#define XPERF_FIELD(name) u64 name;
	XPERF_COUNTERS(XPERF_FIELD)
#undef XPERF_FIELD
};
DECLARE_PER_CPU(struct xperf_counters, xperf_counters);

#define xperf_count(name) this_cpu_inc(xperf_counters.name)

static inline bool xperf_fred(void)
{
#ifdef X86_FEATURE_FRED
	return cpu_feature_enabled(X86_FEATURE_FRED);
#else
	return false;
#endif
}

/* proc.c: whether the current task may begin a run. */
bool xperf_may_begin(void);

/* runs.c */
struct xperf_run *xperf_find_run(void);
struct xperf_run *xperf_claim_run(u32 nonce);
void xperf_release_run(struct xperf_run *run);
unsigned int xperf_live_runs(void);

/* lines.c */
void xperf_print_begin(struct xperf_run *run);
void xperf_print_end(struct xperf_run *run);
void xperf_print_kept(struct xperf_run *run);

#endif
