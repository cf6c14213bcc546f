/* SPDX-License-Identifier: GPL-2.0 */
/* What the page-fault handler calls. Everything is decided from saved registers; user memory is never read. */
#ifndef _ASM_X86_XPERF_H
#define _ASM_X86_XPERF_H

#include <asm/ptrace.h>
#include <asm/segment.h>

#define XPERF_MAGIC	0x19940619u
#define XPERF_VERSION	1

#ifdef CONFIG_XPERF

void __xperf_fault_enter(struct pt_regs *regs, unsigned long address);
void __xperf_fault_leave(struct pt_regs *regs, unsigned long address);

static __always_inline bool xperf_marked(const struct pt_regs *regs)
{
	return unlikely((u32)regs->r12 == XPERF_MAGIC) && regs->cs == __USER_CS;
}

/* Interrupts off, before the fault is handled. */
static __always_inline void xperf_fault_enter(struct pt_regs *regs, unsigned long address)
{
	if (xperf_marked(regs))
		__xperf_fault_enter(regs, address);
}

/* Interrupts off, after the fault was handled, before the return to user mode is prepared. */
static __always_inline void xperf_fault_leave(struct pt_regs *regs, unsigned long address)
{
	if (xperf_marked(regs))
		__xperf_fault_leave(regs, address);
}

#else

static inline void xperf_fault_enter(struct pt_regs *regs, unsigned long address) { }
static inline void xperf_fault_leave(struct pt_regs *regs, unsigned long address) { }

#endif
#endif
