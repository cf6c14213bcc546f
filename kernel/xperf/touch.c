// SPDX-License-Identifier: GPL-2.0
/*
 * The measured loops. Each is one asm block, because nothing may stand between
 * a stamp and the fault. kernel/xperf/disassembly.mjs checks the compiled blocks
 * by the labels below. The fence in front keeps earlier work out of the window;
 * there is none inside it. Each loop starts on a cache line: where in its line it
 * stood moved the median of syscall_rt from 312 to 390 cycles (Zen 4).
 */
#include "xperf.h"

/*
 * Touches `pages` fresh pages from `first` on, marked for the kernel hook.
 * At the fault rdx:rax holds the opening stamp, r12 the mark, r13 the address,
 * r14 the index, r15 the previous closing stamp, rbx the run nonce. The mark is
 * loaded and cleared inside the block: a fault elsewhere (copy on write after a
 * fork, say) must never look like a measured one.
 * `mark->index` and `mark->user_stamp` move on, so that the next call continues.
 */
__attribute__((noinline, noclone)) void xperf_touch_marked(unsigned char *first, size_t pages, struct xperf_mark *mark)
{
	asm volatile(".globl xperf_marked_stamp, xperf_marked_fault, xperf_marked_closing\n"
		     "	mov 0(%%rsi), %%r12\n"
		     "	mov 8(%%rsi), %%r14\n"
		     "	mov 16(%%rsi), %%r15\n"
		     "	mov 24(%%rsi), %%rbx\n"
		     "	mov %%rdi, %%r13\n"
		     "	.p2align 6\n"
		     "1:	lfence\n"
		     "xperf_marked_stamp:\n"
		     "	rdtsc\n"
		     "xperf_marked_fault:\n"
		     "	movb $1, (%%r13)\n"
		     "xperf_marked_closing:\n"
		     "	rdtsc\n"
		     "	shl $32, %%rdx\n"
		     "	or %%rax, %%rdx\n"
		     "	mov %%rdx, %%r15\n"
		     "	inc %%r14\n"
		     "	add $4096, %%r13\n"
		     "	dec %%rcx\n"
		     "	jnz 1b\n"
		     "	xor %%r12d, %%r12d\n"
		     "	mov %%r14, 8(%%rsi)\n"
		     "	mov %%r15, 16(%%rsi)\n"
		     : "+c"(pages), "+D"(first), "+S"(mark)
		     :
		     : "rax", "rbx", "rdx", "r12", "r13", "r14", "r15", "memory", "cc");
}

/*
 * One fault that asks the hook for something instead of being measured. The hook
 * answers in rax: 0 or more, or a negative error number. INT64_MIN: it did not answer.
 */
__attribute__((noinline, noclone)) int64_t xperf_call_hook(unsigned char *page, const struct xperf_mark *mark)
{
	int64_t answer = INT64_MIN;

	asm volatile("	mov 0(%%rsi), %%r12\n"
		     "	mov 8(%%rsi), %%r14\n"
		     "	mov 16(%%rsi), %%r15\n"
		     "	mov 24(%%rsi), %%rbx\n"
		     "	mov %%rdi, %%r13\n"
		     "	movb $1, (%%r13)\n"
		     "	xor %%r12d, %%r12d\n"
		     : "+a"(answer), "+D"(page), "+S"(mark)
		     :
		     : "rbx", "r12", "r13", "r14", "r15", "memory", "cc");
	return answer;
}

/*
 * Touches `pages` fresh pages and keeps both stamps of each. The two register
 * moves behind the fault save the opening stamp; they are part of the window.
 */
__attribute__((noinline, noclone)) void xperf_touch_timed(unsigned char *first, size_t pages,
							  struct xperf_stamps *stamps)
{
	asm volatile(".globl xperf_timed_stamp, xperf_timed_fault, xperf_timed_closing\n"
		     "	.p2align 6\n"
		     "1:	lfence\n"
		     "xperf_timed_stamp:\n"
		     "	rdtsc\n"
		     "xperf_timed_fault:\n"
		     "	movb $1, (%%rdi)\n"
		     "	mov %%eax, %%r8d\n"
		     "	mov %%edx, %%r9d\n"
		     "xperf_timed_closing:\n"
		     "	rdtsc\n"
		     "	mov %%r8d, 0(%%rsi)\n"
		     "	mov %%r9d, 4(%%rsi)\n"
		     "	mov %%eax, 8(%%rsi)\n"
		     "	mov %%edx, 12(%%rsi)\n"
		     "	add $16, %%rsi\n"
		     "	add $4096, %%rdi\n"
		     "	dec %%rcx\n"
		     "	jnz 1b\n"
		     : "+c"(pages), "+D"(first), "+S"(stamps)
		     :
		     : "rax", "rdx", "r8", "r9", "memory", "cc");
}
