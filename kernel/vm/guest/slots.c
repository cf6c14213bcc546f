// SPDX-License-Identifier: GPL-2.0
/*
 * xperf with the user's stamp handed over on the stack, as the origin did it: magic and stamp are stored before the touch.
 * The hook still reads registers; what differs is what stands in the u2k window: two stores more. Only the self-test runs
 * this, to compare the count with the simulator's. Linked with --wrap, so that the rest is xperf as it is.
 */
#include "../../xperf/xperf.h"

void __wrap_xperf_touch_marked(unsigned char *first, size_t pages, struct xperf_mark *mark);

/* The slots lie below the red zone, which the compiler may use here. */
__attribute__((noinline, noclone)) void __wrap_xperf_touch_marked(unsigned char *first, size_t pages,
								  struct xperf_mark *mark)
{
	asm volatile(".globl xperf_slots_stamp, xperf_slots_fault, xperf_slots_closing\n"
		     "	sub $152, %%rsp\n"
		     "	mov 0(%%rsi), %%r12\n"
		     "	mov 8(%%rsi), %%r14\n"
		     "	mov 16(%%rsi), %%r15\n"
		     "	mov 24(%%rsi), %%rbx\n"
		     "	mov %%rdi, %%r13\n"
		     "	mov %%r12d, 0(%%rsp)\n"
		     "1:	lfence\n"
		     "xperf_slots_stamp:\n"
		     "	rdtsc\n"
		     "	mov %%eax, 8(%%rsp)\n"
		     "	mov %%edx, 12(%%rsp)\n"
		     "xperf_slots_fault:\n"
		     "	movb $1, (%%r13)\n"
		     "xperf_slots_closing:\n"
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
		     "	add $152, %%rsp\n"
		     : "+c"(pages), "+D"(first), "+S"(mark)
		     :
		     : "rax", "rbx", "rdx", "r12", "r13", "r14", "r15", "memory", "cc");
}
