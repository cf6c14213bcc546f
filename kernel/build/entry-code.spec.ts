import { describe, expect, it } from '@jest/globals';
import { stampFaults, windowInstructions, windowStarts } from './entry-code.mjs';

/** Entry code in the shape of objdump's text, addresses four apart. */
function disassembly(symbols: Record<string, string[]>): string {
  let address = 0x81000000;
  return Object.entries(symbols)
    .map(([symbol, instructions]) => {
      const lines = instructions.map((text) => {
        const line = `ffffffff${address.toString(16)}:\t${text}`;
        address += 4;
        return line;
      });
      return [`ffffffff${(address - 4 * instructions.length).toString(16)} <${symbol}>:`, ...lines].join('\n');
    })
    .join('\n\n');
}

const entry = [
  'push   %rax',
  'push   %rdx',
  'rdtsc',
  'testb  $0x3,0x20(%rsp)',
  'je     ffffffff8100001c <asm_exc_page_fault+0x1c>',
  'mov    %eax,-0xfc0(%rsp)',
  'mov    %edx,-0xfbc(%rsp)',
  'pop    %rdx',
  'pop    %rax',
  'clac',
];
const exit = [
  'push   %rax',
  'push   %rdx',
  'push   %rcx',
  'mov    %gs:0x6004,%rcx',
  'incq   -0xff0(%rcx)',
  'cmpl   $0x0,-0xfe8(%rcx)',
  'je     ffffffff81000054',
  'movl   $0x0,-0xfe8(%rcx)',
  'rdtsc',
  'mov    %eax,-0xff8(%rcx)',
  'mov    %edx,-0xff4(%rcx)',
  'pop    %rcx',
  'pop    %rdx',
  'pop    %rax',
  'swapgs',
  'testb  $0x3,0x8(%rsp)',
  'jne    ffffffff81000070',
  'ud2',
  'iretq',
];
const good = disassembly({ asm_exc_page_fault: entry, common_interrupt_return: exit });

describe('stampFaults', () => {
  it('accepts both stamps, with and without an ENDBR64 in front', () => {
    expect(stampFaults(good)).toEqual([]);
    expect(
      stampFaults(disassembly({ asm_exc_page_fault: ['endbr64', ...entry], common_interrupt_return: exit })),
    ).toEqual([]);
  });

  it('names what stands in front of the entry stamp', () => {
    const late = disassembly({ asm_exc_page_fault: ['clac', ...entry], common_interrupt_return: exit });
    expect(stampFaults(late)[0]).toBe('u2k stamp, instruction 0: expected ^push\\s+%rax$, found clac');
  });

  it('names a stamp that is not followed by the way out', () => {
    const moved = disassembly({
      asm_exc_page_fault: entry,
      common_interrupt_return: exit.map((line) => (line === 'swapgs' ? 'nop' : line)),
    });
    expect(stampFaults(moved)).toEqual(['k2u stamp, instruction 14: expected ^swapgs$, found nop']);
  });

  it('tells a kernel without the stamps', () => {
    expect(stampFaults(disassembly({ asm_exc_page_fault: ['clac', 'cld'] }))).toContain(
      '0 rdtsc in the entry code, expected 2',
    );
    expect(stampFaults('')).toEqual(['no symbol asm_exc_page_fault']);
  });
});

describe('windowInstructions', () => {
  it('counts from stamp to stamp, jumps followed, the repeated store included', () => {
    const windows = windowInstructions(good, windowStarts(good));
    expect(windows.u2k).toBe(3);
    // rdtsc, two stores, three pops, swapgs, test, jump, iretq; then the user's store
    expect(windows.k2u).toBe(11);
  });

  it('stops at a conditional jump whose outcome it does not know', () => {
    const unknown = good.replace('testb  $0x3,0x8(%rsp)', 'cmpq   $0x0,(%rsp)');
    expect(() => windowInstructions(unknown, windowStarts(unknown))).toThrow(
      'a conditional jump whose outcome is not known',
    );
  });
});
