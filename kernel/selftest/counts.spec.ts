import { describe, expect, it } from '@jest/globals';
import { traceCrossing } from '#entry-sim';
import { disagreements, type CountedCase } from './counts.mjs';

const trace = traceCrossing({
  program: 'hook-6.12', kpti: true, smap: true, ibt: false, verw: false, handover: 'registers',
}); // prettier-ignore
const agreed: CountedCase = {
  u2k: { min: 3, max: 3 },
  k2u: { min: 12, max: 12 },
  expected: {
    u2k: 3,
    k2u: 12,
    u2kPath: ['push   %rax', 'push   %rdx'],
    k2uPath: [
      'rdtsc', 'mov    %eax,-0xff8(%rcx)', 'mov    %edx,-0xff4(%rcx)', 'pop    %rcx', 'pop    %rdx', 'pop    %rax', 'swapgs',
      'nopl   0x0(%rax)', 'testb  $0x3,0x8(%rsp)', 'jne    0xffffffff81400f0d', 'iretq',
    ], // prettier-ignore
  },
};

describe('disagreements', () => {
  it('is silent when QEMU, disassembly and simulator agree', () => {
    expect(disagreements(agreed, trace)).toEqual([]);
  });

  it('names who says what', () => {
    expect(disagreements({ ...agreed, k2u: { min: 12, max: 13 } }, trace)).toEqual([
      'k2u: {"qemu":"12 to 13","disassembly":12,"simulator":12}',
    ]);
    expect(disagreements({ ...agreed, u2k: { min: 4, max: 4 } }, trace)[0]).toMatch(/"qemu":4,.*"simulator":3/);
  });

  it('sees another path of the same length', () => {
    const k2uPath = agreed.expected.k2uPath.map((text, index) => (index === 7 ? 'verw   0x1(%rip)' : text));
    const other = { ...agreed, expected: { ...agreed.expected, k2uPath } };
    expect(disagreements(other, trace)[0]).toMatch(/the guest executes ".*swapgs verw testb.*", the simulator/);
  });
});
