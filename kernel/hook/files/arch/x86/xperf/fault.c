// SPDX-License-Identifier: GPL-2.0
/*
 * Marked faults: stamps and registers in, samples out.
 *
 * u2k of a fault is known when it is entered. Its k2u is known only at the next
 * marked fault, which carries the user's stamp from right after the return.
 *
 * Registers of a marked fault: r12 operation << 32 | magic, rbx run nonce, r13 the
 * address about to be touched, r14 index, r15 the user's stamp after the previous
 * touch, rdx:rax the user's stamp before this one. Begin carries other values in
 * r14 (warmup << 32 | faults) and r15 (overhead << 32 | batch). Begin and end are
 * answered in rax.
 *
 * A settling fault is not measured. It closes the sample before it and is the place
 * to print: between measured faults the hook only keeps samples, because what printk
 * leaves behind in the caches would show in the next windows.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <asm/cpu_entry_area.h>
#include <asm/xperf.h>
#include <asm/xperf_stamps.h>

#include "internal.h"

#ifdef CONFIG_XPERF_NEGATIVE_CONTROL
DEFINE_PER_CPU(u32, xperf_unmapped_stamp);
#endif

static struct xperf_stamps *this_cpu_stamps(void)
{
	BUILD_BUG_ON(sizeof(struct entry_stack) != PAGE_SIZE);
	BUILD_BUG_ON(offsetof(struct xperf_stamps, entry) != XPERF_ENTRY_STAMP);
	BUILD_BUG_ON(offsetof(struct xperf_stamps, exit) != XPERF_EXIT_STAMP);
	BUILD_BUG_ON(offsetof(struct xperf_stamps, exits) != XPERF_EXITS);
	BUILD_BUG_ON(offsetof(struct xperf_stamps, armed) != XPERF_ARMED);
	return (struct xperf_stamps *)cpu_entry_stack(smp_processor_id());
}

static unsigned long switches_of_current(void)
{
	return current->nvcsw + current->nivcsw;
}

/* From here to the return to user mode interrupts stay off, unless the exit work schedules: `switches` tells. */
static void arm_exit(struct xperf_run *run)
{
	struct xperf_stamps *stamps = this_cpu_stamps();

	run->arming = (struct xperf_arming){
		.armed = true,
		.cpu = smp_processor_id(),
		.exits = stamps->exits,
		.switches = switches_of_current(),
	};
	WRITE_ONCE(stamps->armed, 1);
}

/* This task has been on this CPU since it armed the exit, so the exit stamp is its own. */
static bool stayed(const struct xperf_run *run)
{
	return run->arming.armed && run->arming.cpu == smp_processor_id() &&
	       run->arming.switches == switches_of_current();
}

/* More than one exit to user mode since then: an interrupt came in between. */
static bool was_interrupted(const struct xperf_run *run, const struct xperf_stamps *stamps)
{
	return !stayed(run) || stamps->exits != run->arming.exits + 1;
}

static s64 k2u_cycles(const struct xperf_run *run, const struct xperf_stamps *stamps, u64 user_stamp)
{
	if (!stayed(run) || stamps->armed || stamps->exits == run->arming.exits || stamps->exit > user_stamp ||
	    user_stamp - stamps->exit > U32_MAX)
		return -1;
	return user_stamp - stamps->exit;
}

/* The previous fault's sample gets its k2u; it is kept when this fault is left. */
static void close_sample(struct xperf_run *run, const struct xperf_stamps *stamps, u64 user_stamp)
{
	if (!run->open_sample)
		return;
	run->closed = run->sample;
	run->closed.k2u = k2u_cycles(run, stamps, user_stamp);
	run->closed.interrupted |= was_interrupted(run, stamps);
	run->open_sample = false;
	run->closed_sample = true;
	xperf_count(samples);
	if (run->closed.interrupted)
		xperf_count(interrupted);
	if (run->closed.k2u < 0)
		xperf_count(no_exit);
}

static void open_sample(struct xperf_run *run, const struct xperf_stamps *stamps, u64 user_stamp, u32 index)
{
	u64 u2k = stamps->entry - user_stamp;

	run->next_index = index + 1;
	if (index < run->warmup)
		return;
	if (stamps->entry < user_stamp || u2k > U32_MAX) {
		xperf_count(bad_order);
		return;
	}
	run->sample = (struct xperf_sample){
		.seq = index - run->warmup,
		.u2k = u2k,
		.cpu = smp_processor_id(),
		.interrupted = was_interrupted(run, stamps),
	};
	run->open_sample = true;
}

static void enter_fault(struct xperf_run *run, struct pt_regs *regs)
{
	const struct xperf_stamps *stamps = this_cpu_stamps();
	u64 before = regs->dx << 32 | (u32)regs->ax;
	u64 index = regs->r14;

	xperf_count(faults);
	if (index + 1 == run->next_index) {
		/* The fault just left came back unresolved: its u2k stands, its k2u will be the last return's. */
		xperf_count(repeated);
		run->sample.interrupted = true;
		return;
	}
	if (index < run->next_index || index >= (u64)run->warmup + run->faults) {
		xperf_count(foreign);
		return;
	}
	/* A missing number in between: the user's stamp belongs to a fault that was not seen. */
	if (index != run->next_index)
		run->arming.armed = false;
	close_sample(run, stamps, regs->r15);
	open_sample(run, stamps, before, index);
}

static bool addressed(const struct pt_regs *regs, unsigned long address)
{
	if (regs->r13 == address)
		return true;
	xperf_count(elsewhere);
	return false;
}

static struct xperf_run *run_of(const struct pt_regs *regs)
{
	struct xperf_run *run = xperf_find_run();

	return run && regs->bx == run->nonce ? run : NULL;
}

/* Interrupts off: the stamps still are this fault's. */
void __xperf_fault_enter(struct pt_regs *regs, unsigned long address)
{
	struct xperf_run *run;

	if (xperf_mode == XPERF_MODE_OFF || regs->r12 >> 32 == XPERF_OP_BEGIN || !addressed(regs, address))
		return;
	run = run_of(regs);
	if (!run)
		xperf_count(foreign);
	else if (regs->r12 >> 32 == XPERF_OP_FAULT)
		enter_fault(run, regs);
	else if (regs->r12 >> 32 == XPERF_OP_SETTLE || regs->r12 >> 32 == XPERF_OP_END)
		close_sample(run, this_cpu_stamps(), regs->r15);
}

static long begin_run(const struct pt_regs *regs)
{
	u32 faults = regs->r14, warmup = regs->r14 >> 32, batch = regs->r15;
	struct xperf_run *run;

	if (!xperf_may_begin())
		return -EPERM;
	if (!faults || faults > XPERF_MAX_FAULTS || warmup > XPERF_MAX_WARMUP || !batch || batch > XPERF_MAX_BATCH ||
	    regs->bx > U32_MAX)
		return -EINVAL;
	run = xperf_claim_run(regs->bx);
	if (IS_ERR(run))
		return PTR_ERR(run);
	run->faults = faults;
	run->warmup = warmup;
	run->batch = batch;
	run->overhead = regs->r15 >> 32;
	xperf_print_begin(run);
	return 0;
}

static long end_run(struct xperf_run *run)
{
	long samples;

	xperf_print_kept(run);
	xperf_print_end(run);
	samples = run->samples;
	xperf_release_run(run);
	return samples;
}

/* A program that never settles has its samples printed here, when there is no room for one more. */
static void keep_closed_sample(struct xperf_run *run)
{
	if (!run->closed_sample)
		return;
	if (run->kept_count == XPERF_MAX_BATCH)
		xperf_print_kept(run);
	run->kept[run->kept_count++] = run->closed;
	run->samples++;
	run->closed_sample = false;
}

/* What takes time, or prints, with interrupts on. */
static void leave_with_interrupts(struct pt_regs *regs, struct xperf_run *run)
{
	long answer;

	switch (regs->r12 >> 32) {
	case XPERF_OP_BEGIN:
		answer = begin_run(regs);
		if (answer)
			xperf_count(refused);
		regs->ax = answer;
		break;
	case XPERF_OP_FAULT:
		if (run)
			keep_closed_sample(run);
		break;
	case XPERF_OP_SETTLE:
		if (run) {
			xperf_count(settled);
			keep_closed_sample(run);
			xperf_print_kept(run);
		}
		break;
	case XPERF_OP_END:
		if (run)
			keep_closed_sample(run);
		regs->ax = run ? end_run(run) : -ESRCH;
		break;
	}
}

/* Interrupts off before and after. */
void __xperf_fault_leave(struct pt_regs *regs, unsigned long address)
{
	struct xperf_run *run;

	if (xperf_mode == XPERF_MODE_OFF || regs->r13 != address)
		return;
	if (regs->flags & X86_EFLAGS_IF)
		local_irq_enable();
	leave_with_interrupts(regs, run_of(regs));
	local_irq_disable();

	run = run_of(regs);
	if (run)
		arm_exit(run);
}
