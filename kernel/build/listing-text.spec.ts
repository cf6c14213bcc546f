import { describe, expect, it } from '@jest/globals';
import { listingText, patched, readDisassembly } from './listing-text.mjs';

const code = readDisassembly(`
ffffffff81400f86 <leave>:
ffffffff81400f86:	push   %rax
ffffffff81400f87:	mov    %gs:0x7ec051cf(%rip),%rcx        # 6004 <cpu_tss_rw+0x4>
ffffffff81400f88:	je     ffffffff81400f8b <leave+0x5>
ffffffff81400f89:	nop
ffffffff81400f8a:	nop
ffffffff81400f8b:	pop    %rax
ffffffff81400f8c:	jmp    ffffffff81400fe6 <native_irq_return_iret>
`);
const perCpu = [{ name: 'cpu_tss_rw', from: 0x6000n, to: 0x7000n }];
const verw = readDisassembly('ffffffff81cde600:\tverw   -0x8dd5c7(%rip)        # ffffffff81400040 <x86_verw_sel>\n');
const site = (replacement: typeof verw) => [{ address: 0xffffffff81400f89n, length: 2n, replacement }];

describe('listingText', () => {
  it('names what addresses stand for', () => {
    expect(listingText(code, perCpu)).toBe(`leave:
  push %rax
  mov %gs:cpu_tss_rw+4,%rcx
  je .L1
  nop
  nop
.L1:
  pop %rax
  jmp native_irq_return_iret
`);
  });

  it('reads absolute per-CPU addresses too, and refuses what it cannot name', () => {
    const absolute = readDisassembly('10:\tmov    %gs:0x6004,%rcx\n');
    expect(listingText(absolute, perCpu)).toBe('  mov %gs:cpu_tss_rw+4,%rcx\n');
    expect(() => listingText(absolute, [])).toThrow('mov    %gs:0x6004,%rcx: no per-CPU symbol at 6004');
  });
});

describe('patched', () => {
  const bodyOf = (applied: boolean, replacement = verw): string[] =>
    listingText(patched(code, site(replacement), applied), perCpu)
      .split('\n')
      .slice(3, 8);

  it('makes the padding one NOP where the CPU lacks the feature', () => {
    expect(bodyOf(false)).toEqual(['  je .L1', '  nop', '.L1:', '  pop %rax', '  jmp native_irq_return_iret']);
  });

  it('puts the replacement in its place where it has it', () => {
    expect(bodyOf(true)[1]).toBe('  verw x86_verw_sel(%rip)');
    expect(bodyOf(true, [])[1]).toBe('  nop');
  });
});
