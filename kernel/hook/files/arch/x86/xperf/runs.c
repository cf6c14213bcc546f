// SPDX-License-Identifier: GPL-2.0
/* The table of live runs. A run belongs to the task that began it; only that task touches it. */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internal.h"

static struct xperf_run runs[XPERF_MAX_RUNS];
static DEFINE_SPINLOCK(claim_lock);

DEFINE_PER_CPU(struct xperf_counters, xperf_counters);

/* The current task's run, or NULL. */
struct xperf_run *xperf_find_run(void)
{
	struct xperf_run *run;

	for (run = runs; run < runs + XPERF_MAX_RUNS; run++) {
		if (READ_ONCE(run->owner) == current && run->pid == current->pid &&
		    run->started == current->start_boottime)
			return run;
	}
	return NULL;
}

static bool owner_lives(const struct xperf_run *run)
{
	struct task_struct *task;
	bool lives;

	rcu_read_lock();
	task = find_task_by_pid_ns(run->pid, &init_pid_ns);
	lives = task && task == run->owner && task->start_boottime == run->started;
	rcu_read_unlock();
	return lives;
}

/*
 * A run for the current task. -EBUSY: the table is full; -EEXIST: a live run has this nonce.
 * A task that begins anew gives up the run it had.
 */
struct xperf_run *xperf_claim_run(u32 nonce)
{
	struct xperf_run *run, *free = xperf_find_run();

	spin_lock(&claim_lock);
	for (run = runs; run < runs + XPERF_MAX_RUNS; run++) {
		if (run == free)
			continue;
		if (run->owner && !owner_lives(run)) {
			WRITE_ONCE(run->owner, NULL);
			xperf_count(abandoned);
		}
		if (run->owner && run->nonce == nonce) {
			spin_unlock(&claim_lock);
			return ERR_PTR(-EEXIST);
		}
		if (!run->owner && !free)
			free = run;
	}
	if (free) {
		memset(free, 0, sizeof(*free));
		free->pid = current->pid;
		free->started = current->start_boottime;
		free->nonce = nonce;
		WRITE_ONCE(free->owner, current);
	}
	spin_unlock(&claim_lock);
	return free ?: ERR_PTR(-EBUSY);
}

void xperf_release_run(struct xperf_run *run)
{
	spin_lock(&claim_lock);
	WRITE_ONCE(run->owner, NULL);
	spin_unlock(&claim_lock);
}

unsigned int xperf_live_runs(void)
{
	unsigned int live = 0;
	struct xperf_run *run;

	spin_lock(&claim_lock);
	for (run = runs; run < runs + XPERF_MAX_RUNS; run++)
		live += run->owner && owner_lives(run);
	spin_unlock(&claim_lock);
	return live;
}
