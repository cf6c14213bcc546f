// SPDX-License-Identifier: GPL-2.0
/*
 * The measured loop. One asm block, because nothing may stand between a stamp
 * and the fault, and because the marking registers must hold their values only
 * while pages are touched here: after a fork a copy-on-write fault elsewhere
 * would otherwise look like a measured one.
 *
 * kernel/xperf/disassembly.mjs checks the compiled block by the labels below.
 */
#include "xperf.h"

/*
 * Touches `pages` fresh pages from `first` on. Each gives one pair of stamps.
 * `mark->index` and `mark->user_stamp` move on, so that the next call continues.
 *
 * Registers at the fault: rdx:rax opening stamp, r12 mark, r13 address,
 * r14 index, r15 previous closing stamp, rbx run nonce. The fence in front keeps
 * earlier work out of the window; there is none inside it.
 */
__attribute__((noinline, noclone)) void xperf_touch_pages(unsigned char *first, size_t pages, struct xperf_mark *mark,
							  struct xperf_stamps *stamps)
{
	register uint64_t word asm("r12") = mark->word;
	register unsigned char *page asm("r13") = first;
	register uint64_t index asm("r14") = mark->index;
	register uint64_t user_stamp asm("r15") = mark->user_stamp;
	uint64_t run = mark->run;

	asm volatile(
		".globl xperf_touch_stamp, xperf_touch_fault, xperf_touch_closing\n"
		"1:	lfence\n"
		"xperf_touch_stamp:\n"
		"	rdtsc\n"
		"xperf_touch_fault:\n"
		"	movb $1, (%%r13)\n"
		"xperf_touch_closing:\n"
		"	mov %%eax, (%[stamps])\n"
		"	mov %%edx, 4(%[stamps])\n"
		"	rdtsc\n"
		: : [stamps] "r"(stamps) : "memory");
	(void)word; (void)page; (void)index; (void)user_stamp; (void)run; (void)pages;
}
