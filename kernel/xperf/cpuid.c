// SPDX-License-Identifier: GPL-2.0
#include "xperf.h"

/*
 * Executes CPUID leaf 0 `count` times and keeps both stamps of each. CPUID drains the
 * pipeline by itself (Intel SDM vol. 3, serializing instructions). It stays in user mode on
 * bare metal; in a guest it always leaves to the hypervisor (SDM vol. 3, "Instructions That
 * Cause VM Exits Unconditionally"), so the rest of the time is the exit and the way back.
 */
__attribute__((noinline, noclone)) void xperf_call_cpuid(unsigned char *pages, size_t count,
							 struct xperf_stamps *stamps)
{
	(void)pages; /* touches none */
	asm volatile(".globl xperf_cpuid_stamp, xperf_cpuid_call, xperf_cpuid_closing\n"
		     "	.p2align 6\n"
		     "1:	lfence\n"
		     "xperf_cpuid_stamp:\n"
		     "	rdtsc\n"
		     "	mov %%eax, %%r8d\n"
		     "	mov %%edx, %%r9d\n"
		     "	xor %%eax, %%eax\n"
		     "xperf_cpuid_call:\n"
		     "	cpuid\n"
		     "xperf_cpuid_closing:\n"
		     "	rdtsc\n"
		     "	mov %%r8d, 0(%%rsi)\n"
		     "	mov %%r9d, 4(%%rsi)\n"
		     "	mov %%eax, 8(%%rsi)\n"
		     "	mov %%edx, 12(%%rsi)\n"
		     "	add $16, %%rsi\n"
		     "	dec %%rdi\n"
		     "	jnz 1b\n"
		     : "+D"(count), "+S"(stamps)
		     :
		     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "memory", "cc");
}
