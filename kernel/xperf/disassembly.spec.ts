import { describe, expect, it } from '@jest/globals';
import { instructionsBySymbol, measuredLoopFaults } from './disassembly.mjs';

const good = `
/tmp/xperf:     file format elf64-x86-64

0000000000401a03 <xperf_syscall_stamp>:
  401a13:	rdtsc
  401a15:	mov    %eax,%r8d
  401a18:	mov    $0x6e,%eax

0000000000401a1d <xperf_syscall_call>:
  401a1d:	syscall
  401a1f:	mov    %edx,%r9d

0000000000401a22 <xperf_syscall_closing>:
  401a22:	rdtsc
  401a24:	mov    %r8d,(%rsi)

0000000000401b43 <xperf_cpuid_stamp>:
  401b43:	rdtsc
  401b45:	mov    %eax,%r8d
  401b48:	mov    %edx,%r9d
  401b4b:	xor    %eax,%eax

0000000000401b4d <xperf_cpuid_call>:
  401b4d:	cpuid

0000000000401b4f <xperf_cpuid_closing>:
  401b4f:	rdtsc

0000000000402c03 <xperf_marked_stamp>:
  402c14:	rdtsc

0000000000402c16 <xperf_marked_fault>:
  402c16:	movb   $0x1,0x0(%r13)

0000000000402c1b <xperf_marked_closing>:
  402c1b:	rdtsc
  402c1d:	shl    $0x20,%rdx

0000000000402c83 <xperf_timed_stamp>:
  402c99:	rdtsc

0000000000402c9b <xperf_timed_fault>:
  402c9b:	movb   $0x1,(%rdi)
  402c9e:	mov    %eax,%r8d
  402ca1:	mov    %edx,%r9d

0000000000402ca4 <xperf_timed_closing>:
  402ca4:	rdtsc
`;

describe('measuredLoopFaults', () => {
  it('accepts loops in which nothing stands between stamp and crossing', () => {
    expect(measuredLoopFaults(good)).toEqual([]);
  });

  it('names the instruction that slipped in between stamp and fault', () => {
    const slipped = good.replace('402c14:	rdtsc', '402c14:	rdtsc\n  402c15:	lfence');
    expect(measuredLoopFaults(slipped)).toEqual([
      '1 extra instruction(s) between xperf_marked_stamp and xperf_marked_fault',
    ]);
  });

  it('names a stamp that is not one', () => {
    const replaced = good.replace('402c1b:	rdtsc', '402c1b:	rdtscp');
    expect(measuredLoopFaults(replaced)).toEqual(['xperf_marked_closing+0: expected ^rdtsc$, found rdtscp']);
  });

  it('names a loop that does not start on a cache line', () => {
    const moved = good.replace('402c03 <xperf_marked_stamp>', '402c14 <xperf_marked_stamp>');
    expect(measuredLoopFaults(moved)).toEqual(['the loop of xperf_marked_stamp starts 17 bytes into a cache line']);
  });

  it('names a missing loop', () => {
    const missing = good.replace('<xperf_timed_fault>', '<something_else>');
    expect(measuredLoopFaults(missing)).toEqual(['no symbol xperf_timed_fault']);
  });
});

describe('instructionsBySymbol', () => {
  it('keeps the order of instructions and drops comments', () => {
    const text = '0000000000000000 <f>:\n   0:\tmov    0x0(%rip),%rax        # 7 <f+0x7>\n   7:\tret\n';
    expect([...instructionsBySymbol(text)]).toEqual([['f', ['mov    0x0(%rip),%rax', 'ret']]]);
  });
});
