// The origin's mechanism (Linux 4.19, lastweek/linux-xperf), in our own words from shared/facts/kernel.md: what it does and
// in which order, not its text. Instruction counts of its windows are those of this telling.
import type { ProgramName } from '../vocabulary/crossing-trace.js';
import { kernelOf } from './kernels.js';

/** Whether the mechanism is the origin's, and not ours. */
export const isOrigin = (program: ProgramName): boolean => 'originAt' in kernelOf(program).stamps;

/**
 * u2k: only for faults from user mode; rax and rdx are spilled under the hardware frame without moving RSP, the stamp goes to
 * an ordinary per-CPU variable between two SWAPGS. page_fault and the guest's async_page_fault begin alike.
 */
export function originEntry(symbol: string): string {
  return `${symbol}:
  testb $0x3,0x10(%rsp)
  je .Lskip_stamp
  mov %rax,-0x8(%rsp)
  mov %rdx,-0x10(%rsp)
  rdtsc
  swapgs
  mov %eax,%gs:originStamp
  mov %edx,%gs:originStamp+4
  swapgs
  mov -0x10(%rsp),%rdx
  mov -0x8(%rsp),%rax
.Lskip_stamp:
`;
}

/**
 * k2u, which its author calls unsafe: right before IRETQ the user's RSP is taken from the frame, MAGIC is looked for on the
 * user's stack, and the stamp is written there. GS is the user's already, and so are the page tables.
 */
export const ORIGIN_EXIT = `
xperf_exit_stamp:
  swapgs
  push %rax
  push %rdx
  push %rcx
  mov 0x30(%rsp),%rcx
  cmpl $magic,(%rcx)
  jne .Lnot_marked
  rdtsc
  mov %eax,0x10(%rcx)
  mov %edx,0x14(%rcx)
.Lnot_marked:
  pop %rcx
  pop %rdx
  pop %rax
  iretq
`;
