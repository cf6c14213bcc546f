// SPDX-License-Identifier: GPL-2.0
#include "xperf.h"

#include <sys/syscall.h>

/*
 * Calls getppid `count` times, as short a system call as there is, and keeps both
 * stamps of each. getppid takes no argument, so rdi and rsi are free to survive;
 * the opening stamp moves to r8 and r9 because the call overwrites rax.
 */
__attribute__((noinline, noclone)) void xperf_call_empty_syscalls(unsigned char *pages, size_t count,
								  struct xperf_stamps *stamps)
{
	(void)pages; /* touches none */
	asm volatile(".globl xperf_syscall_stamp, xperf_syscall_call, xperf_syscall_closing\n"
		     "	.p2align 6\n"
		     "1:	lfence\n"
		     "xperf_syscall_stamp:\n"
		     "	rdtsc\n"
		     "	mov %%eax, %%r8d\n"
		     "	mov %[getppid], %%eax\n"
		     "xperf_syscall_call:\n"
		     "	syscall\n"
		     "	mov %%edx, %%r9d\n"
		     "xperf_syscall_closing:\n"
		     "	rdtsc\n"
		     "	mov %%r8d, 0(%%rsi)\n"
		     "	mov %%r9d, 4(%%rsi)\n"
		     "	mov %%eax, 8(%%rsi)\n"
		     "	mov %%edx, 12(%%rsi)\n"
		     "	add $16, %%rsi\n"
		     "	dec %%rdi\n"
		     "	jnz 1b\n"
		     : "+D"(count), "+S"(stamps)
		     : [getppid] "i"(SYS_getppid)
		     : "rax", "rcx", "rdx", "r8", "r9", "r11", "memory", "cc");
}
