/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stamps: where they are kept and the assembly that takes them.
 * docs/kernel-interface.md draws the stacks and counts the instructions.
 *
 * Kept at the unused bottom of each CPU's entry stack page. That page is per CPU,
 * mapped in both page tables of KPTI, and reached without GS and without touching
 * user memory: from the stack pointer on entry, through TSS.sp0 on exit.
 */
#ifndef _ASM_X86_XPERF_STAMPS_H
#define _ASM_X86_XPERF_STAMPS_H

/* Offsets from the bottom of the entry stack page; struct xperf_stamps in C. */
#define XPERF_ENTRY_STAMP	0
#define XPERF_EXIT_STAMP	8
#define XPERF_EXITS		16
#define XPERF_ARMED		24

#ifdef __ASSEMBLER__

#ifdef CONFIG_XPERF

/* SS, RSP, RFLAGS, CS, RIP and the error code, pushed by the CPU from TSS.sp0 downwards. */
#define XPERF_HARDWARE_FRAME	(6 * 8)
#define XPERF_SAVED_REGISTERS	(2 * 8)
/* From the stack pointer, registers saved, to the bottom of the entry stack page. */
#define XPERF_BOTTOM		(XPERF_HARDWARE_FRAME + XPERF_SAVED_REGISTERS - PAGE_SIZE)

/*
 * u2k: first thing on entry of #PF, before SWAPGS and before the CR3 switch.
 * A fault from kernel mode is on some other stack and stores nothing.
 * Flags are saved in the hardware frame and may change.
 */
.macro XPERF_STAMP_U2K vector:req
	.if \vector == X86_TRAP_PF
	pushq	%rax
	pushq	%rdx
	rdtsc
	testb	$3, (CS - ORIG_RAX + XPERF_SAVED_REGISTERS)(%rsp)
	jz	.Lxperf_kernel_mode_\@
#ifdef CONFIG_XPERF_NEGATIVE_CONTROL
	swapgs
	movl	%eax, PER_CPU_VAR(xperf_unmapped_stamp)
	swapgs
#endif
	movl	%eax, (XPERF_BOTTOM + XPERF_ENTRY_STAMP)(%rsp)
	movl	%edx, (XPERF_BOTTOM + XPERF_ENTRY_STAMP + 4)(%rsp)
.Lxperf_kernel_mode_\@:
	popq	%rdx
	popq	%rax
	.endif
.endm

/*
 * k2u: last thing before the SWAPGS that precedes IRETQ to user mode. All registers
 * but the three saved here hold user values already; GS is still the kernel's.
 * Counts every exit; stamps only the first one after C code has armed it.
 */
.macro XPERF_STAMP_K2U
	pushq	%rax
	pushq	%rdx
	pushq	%rcx
	movq	PER_CPU_VAR(cpu_tss_rw + TSS_sp0), %rcx
	incq	(XPERF_EXITS - PAGE_SIZE)(%rcx)
	cmpl	$0, (XPERF_ARMED - PAGE_SIZE)(%rcx)
	je	.Lxperf_not_armed_\@
	movl	$0, (XPERF_ARMED - PAGE_SIZE)(%rcx)
	rdtsc
	movl	%eax, (XPERF_EXIT_STAMP - PAGE_SIZE)(%rcx)
	movl	%edx, (XPERF_EXIT_STAMP - PAGE_SIZE + 4)(%rcx)
.Lxperf_not_armed_\@:
	popq	%rcx
	popq	%rdx
	popq	%rax
.endm

/*
 * FRED delivers every event from user mode at one entry, with GS already the kernel's.
 * Builds; was never executed, for want of a machine.
 */
.macro XPERF_STAMP_U2K_FRED
	UNWIND_HINT_END_OF_STACK
	ANNOTATE_NOENDBR
	pushq	%rax
	pushq	%rdx
	rdtsc
	pushq	%rcx
	movq	PER_CPU_VAR(cpu_tss_rw + TSS_sp0), %rcx
	movl	%eax, (XPERF_ENTRY_STAMP - PAGE_SIZE)(%rcx)
	movl	%edx, (XPERF_ENTRY_STAMP - PAGE_SIZE + 4)(%rcx)
	popq	%rcx
	popq	%rdx
	popq	%rax
.endm

#else /* !CONFIG_XPERF */

.macro XPERF_STAMP_U2K vector:req
.endm
.macro XPERF_STAMP_K2U
.endm
.macro XPERF_STAMP_U2K_FRED
.endm

#endif /* CONFIG_XPERF */

#else /* !__ASSEMBLER__ */

#include <linux/types.h>

struct xperf_stamps {
	u64 entry;	/* TSC at the latest #PF from user mode on this CPU */
	u64 exit;	/* TSC at the latest armed exit to user mode */
	u64 exits;	/* exits to user mode through IRETQ so far */
	u32 armed;	/* the next exit is to be stamped */
};

#endif /* __ASSEMBLER__ */
#endif /* _ASM_X86_XPERF_STAMPS_H */
