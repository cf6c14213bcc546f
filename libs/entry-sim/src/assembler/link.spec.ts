import { describe, expect, it } from '@jest/globals';
import { NO_REGISTER } from '../machine/instruction.js';
import { link } from './link.js';

const one = (line: string, constants: Record<string, bigint> = {}) =>
  link([{ address: 0xffff_ffff_8100_0000n, listing: `f:\n  ${line}\n` }], constants).sections[0]?.instructions[0];

describe('link', () => {
  it('reads what objdump prints', () => {
    expect(one('movl   $0x0,-0xfe8(%rcx)  # note')).toMatchObject({
      mnemonic: 'movl', size: 4, base: 1, displacementLow: -0xfe8, displacementHigh: -1, immediateLow: 0, costClass: 'store',
    }); // prettier-ignore
    expect(one('mov %gs:cpu_tss_rw+4,%rcx', { cpu_tss_rw: 0x6000n })).toMatchObject({
      usesGs: true, base: NO_REGISTER, displacementLow: 0x6004, target: 1, size: 8, costClass: 'load',
    }); // prettier-ignore
    expect(one('testb $0x3,0x20(%rsp)')).toMatchObject({ size: 1, base: 4, costClass: 'alu-load' });
    expect(one('verw x(%rip)', { x: 0x1234n })).toMatchObject({ size: 2, displacementLow: 0x1234, base: NO_REGISTER });
    expect(one('mov %rdi,%cr3')).toMatchObject({ source: 7, costClass: 'cr3-write' });
    expect(one('movabs $0x8000000000000000,%rax')).toMatchObject({ immediateLow: 0, immediateHigh: -0x8000_0000 });
  });

  it('places labels; those that begin with a dot belong to their section', () => {
    const { sections, symbols } = link(
      [
        { address: 0x1000n, listing: 'a:\n.L1:\n  nop\n  jmp .L1\n' },
        { address: 0x2000n, listing: 'b:\n.L1:\n  je a\n  jmp .L1\n' },
      ],
      {},
    );
    expect(symbols).toEqual(new Map([['a', 0x1000n], ['b', 0x2000n]])); // prettier-ignore
    expect(sections.map(({ instructions }) => instructions.map(({ branchLow }) => branchLow))).toEqual([
      [0, 0x1000],
      [0x1000, 0x2000],
    ]);
    expect(sections[1]?.instructions[1]?.place).toBe('b+1');
  });

  it.each([
    ['lock incq (%rax)', 'this machine has no such instruction: "lock incq (%rax)"'],
    ['mov %xmm7,%rax', 'this machine has no register xmm7: "mov %xmm7,%rax"'],
    ['jmp nowhere', 'no number and no known symbol: nowhere: "jmp nowhere"'],
    ['mov (%eax),%rbx', 'a base of 64 bits is expected in (%eax): "mov (%eax),%rbx"'],
    ['mov 0x8(%rax,%rbx,8),%rcx', 'cannot read the operand 0x8(%rax,%rbx,8): "mov 0x8(%rax,%rbx,8),%rcx"'],
  ])('refuses %s and says why', (line, message) => {
    expect(() => one(line)).toThrow(message);
  });

  it('refuses a label that stands twice', () => {
    expect(() => link([{ address: 0n, listing: 'a:\n  nop\na:\n' }], {})).toThrow('this label stands twice: "a:"');
  });
});
