import { describe, expect, it } from '@jest/globals';
import { register, setRegister, setWord, SMALL, smallMachine, wordAt } from '../../testing/small-machine.js';
import { whole } from '../address.js';
import { VECTOR } from '../faults.js';
import { FLAG } from '../registers.js';
import { step } from '../run.js';

const RSP = SMALL.data + 0x800n;
const good: Readonly<Record<'rip' | 'cs' | 'flags' | 'rsp' | 'ss', bigint>> = {
  rip: SMALL.userCode,
  cs: 0x33n,
  flags: 0x202n,
  rsp: SMALL.userData + 0x10n,
  ss: 0x2bn,
};

function returning(changed: Partial<typeof good>) {
  const machine = smallMachine('  iretq\nvector_13:\n  nop\nvector_14:\n  nop\nvector_12:\n  nop\n');
  Object.values({ ...good, ...changed }).forEach((value, word) => setWord(machine, RSP + BigInt(8 * word), value));
  machine.nmiBlocked = true;
  step(machine);
  const errorCode = wordAt(machine, register(machine, 'rsp'));
  return { machine, vector: machine.lastVector, errorCode };
}

describe('IRETQ', () => {
  it('goes to user mode with RIP, CS, RFLAGS, RSP and SS, and lets NMIs in again', () => {
    const { machine } = returning({ flags: 0x202n | BigInt(FLAG.direction | FLAG.access) });
    expect(whole(machine.ripHigh, machine.ripLow)).toBe(good.rip);
    expect(register(machine, 'rsp')).toBe(good.rsp);
    expect(machine).toMatchObject({ cpl: 3, cs: 0x33, ss: 0x2b, nmiBlocked: false });
    expect(machine.flags).toBe(0x202 | FLAG.direction | FLAG.access);
  });

  it('faults where its frame runs into a page that is not there, and has loaded nothing', () => {
    const machine = smallMachine('  iretq\nvector_14:\n  nop\n');
    setRegister(machine, 'rsp', SMALL.data + 0xfe8n);
    step(machine);
    expect(machine).toMatchObject({ lastVector: VECTOR.pageFault, cpl: 0, cs: 0x10 });
    expect(whole(machine.cr2High, machine.cr2Low)).toBe(SMALL.data + 0x1000n);
    expect(wordAt(machine, register(machine, 'rsp') + 32n)).toBe(SMALL.data + 0xfe8n);
  });

  it('stays in the kernel with its own stack', () => {
    const { machine } = returning({ rip: SMALL.code, cs: 0x10n, ss: 0x18n, rsp: SMALL.data + 0x100n });
    expect(machine.cpl).toBe(0);
    expect(register(machine, 'rsp')).toBe(SMALL.data + 0x100n);
  });

  it('takes the null SS that a stack switch has pushed', () => {
    expect(returning({ rip: SMALL.code, cs: 0x10n, ss: 0n }).machine.cpl).toBe(0);
  });

  it.each([
    ['the null CS', { cs: 0n }, 0n],
    ['a data segment in CS', { cs: 0x2bn }, 0x28n],
    ['SS of another privilege', { ss: 0x18n }, 0x18n],
    ['the null SS in user mode', { ss: 3n }, 0n],
    ['a RIP that is not canonical', { rip: 0x0000_8000_0000_0000n }, 0n],
  ])('refuses %s by #GP', (_, changed, errorCode) => {
    const result = returning(changed);
    expect([result.vector, result.errorCode, result.machine.cpl]).toEqual([VECTOR.generalProtection, errorCode, 0]);
  });

  it('refuses with NT set: there are no nested tasks in 64-bit mode', () => {
    const machine = smallMachine('  iretq\nvector_13:\n  nop\n');
    machine.flags |= FLAG.nestedTask;
    step(machine);
    expect(machine.lastVector).toBe(VECTOR.generalProtection);
  });

  it('a missing stack is a page fault, and nothing has changed', () => {
    const machine = smallMachine('  mov $0x5000,%esp\n  iretq\nvector_14_ist1:\n  nop\n');
    step(machine);
    step(machine);
    expect([machine.lastVector, machine.cr2Low, machine.cs]).toEqual([VECTOR.pageFault, 0x5000, 0x10]);
  });
});
