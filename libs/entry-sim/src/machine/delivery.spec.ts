import { describe, expect, it } from '@jest/globals';
import { enterUser, register, setRegister, SMALL, smallMachine, wordAt } from '../testing/small-machine.js';
import { combine, NONE, VECTOR } from './faults.js';
import { FLAG } from './registers.js';
import { PAGE, PAGE_BYTES } from './memory.js';
import { run, step } from './run.js';
import { halves } from './address.js';

const STOP = '  service $service_stop\n';
const handlers = (...vectors: string[]): string => STOP + vectors.map((name) => `vector_${name}:\n${STOP}`).join('');
const frame = (machine: ReturnType<typeof smallMachine>): bigint[] =>
  [0, 1, 2, 3, 4, 5].map((word) => wordAt(machine, register(machine, 'rsp') + BigInt(8 * word)));

describe('delivery of an exception', () => {
  it('from ring 3: TSS.sp0, SS RSP RFLAGS CS RIP and the error code', () => {
    const machine = smallMachine(handlers('14'), '  nop\n  movb $0x1,0x123(%rbx)\n');
    enterUser(machine);
    setRegister(machine, 'rbx', 0x5000n);
    machine.flags |= FLAG.direction | FLAG.carry;
    const { flags } = machine;
    expect(run(machine, 10)).toBe('stopped');
    expect(register(machine, 'rsp')).toBe(SMALL.data + 0x1000n - 48n);
    expect(frame(machine)).toEqual([
      6n, SMALL.userCode + 16n, 0x33n, BigInt(flags | FLAG.resume), SMALL.userData + 0x800n, 0x2bn,
    ]); // prettier-ignore
    expect(machine).toMatchObject({ cpl: 0, cs: 0x10, ss: 0, cr2High: 0, cr2Low: 0x5123 });
    expect(machine.flags & FLAG.interrupts).toBe(0);
    expect(machine.flags & FLAG.direction).toBe(FLAG.direction); // the kernel's CLD is needed
  });

  it('from ring 0: on the same stack, aligned down to 16 bytes', () => {
    const machine = smallMachine(`  movb $0x1,0x10\n${handlers('14')}`);
    setRegister(machine, 'rsp', SMALL.data + 0x7f8n);
    run(machine, 10);
    expect(register(machine, 'rsp')).toBe(SMALL.data + 0x7f0n - 48n);
    expect(frame(machine).slice(0, 3)).toEqual([2n, SMALL.code, 0x10n]);
    expect(frame(machine)[4]).toBe(SMALL.data + 0x7f8n);
  });

  it('with an IST: on that stack, whatever was in use', () => {
    const machine = smallMachine(handlers('2_ist1'));
    machine.pendingNmi = true;
    step(machine);
    expect(register(machine, 'rsp')).toBe(SMALL.ist + 0x1000n - 40n); // no error code
    expect(machine.nmiBlocked).toBe(true);
    machine.pendingNmi = true;
    step(machine);
    expect([machine.halted, machine.pendingNmi]).toEqual(['stopped', true]); // the second waits for IRET
  });

  it('an interrupt waits for IF, an NMI does not', () => {
    const machine = smallMachine(handlers('236', '2_ist1'));
    machine.flags &= ~FLAG.interrupts;
    machine.pendingInterrupt = VECTOR.timer;
    step(machine);
    expect([machine.halted, machine.pendingInterrupt]).toEqual(['stopped', VECTOR.timer]);
  });

  it('a frame may lie in two pages, wherever their frames are', () => {
    const machine = smallMachine(`  movb $0x1,0x10\n${handlers('14', '8_ist1')}`);
    const { high, low } = halves(SMALL.data - BigInt(PAGE_BYTES));
    machine.space.map(high, low, machine.memory.allocate(), PAGE.present | PAGE.writable | PAGE.noExecute);
    setRegister(machine, 'rsp', SMALL.data + 0x10n);
    run(machine, 10);
    expect(register(machine, 'rsp')).toBe(SMALL.data + 0x10n - 48n);
    expect(frame(machine)).toEqual([
      2n, SMALL.code, 0x10n, BigInt(FLAG.resume | FLAG.fixed | FLAG.interrupts), SMALL.data + 0x10n, 0x18n,
    ]); // prettier-ignore
  });

  it('a frame whose lower words find no page makes a double fault, and CR2 the first of them', () => {
    const machine = smallMachine(`  movb $0x1,0x10\n${handlers('14', '8_ist1')}`);
    setRegister(machine, 'rsp', SMALL.data + 0x10n);
    run(machine, 10);
    expect(machine.lastVector).toBe(VECTOR.doubleFault);
    expect(machine.cr2Low).toBe(halves(SMALL.data - 8n).low);
  });

  it('a stack that cannot be written makes a double fault', () => {
    const machine = smallMachine(`  movb $0x1,0x10\n${handlers('14', '8_ist1')}`);
    setRegister(machine, 'rsp', SMALL.readOnly + 0x800n);
    run(machine, 10);
    expect([machine.halted, machine.lastVector]).toEqual(['stopped', VECTOR.doubleFault]);
    expect(register(machine, 'rsp')).toBe(SMALL.ist + 0x1000n - 48n);
    expect(frame(machine)[0]).toBe(0n);
    expect(machine.cr2Low).toBe(halves(SMALL.readOnly + 0x7f8n).low);
  });

  it('under SMAP never pushes to user memory, AC or not: AC opens it to instructions only', () => {
    for (const [smap, delivered] of [
      [true, VECTOR.doubleFault],
      [false, VECTOR.pageFault],
    ] as const) {
      const machine = smallMachine(`  stac\n  movb $0x1,0x10\n${handlers('14', '8_ist1')}`);
      machine.smap = smap;
      setRegister(machine, 'rsp', SMALL.userData + 0x800n);
      run(machine, 10);
      expect([machine.halted, machine.lastVector]).toEqual(['stopped', delivered]);
    }
  });

  it('no gate for the double fault, or its stack missing: shutdown', () => {
    for (const [vectors, bad] of [
      [['14'], SMALL.readOnly],
      [['14', '8'], SMALL.readOnly],
    ] as const) {
      const machine = smallMachine(`  movb $0x1,0x10\n${handlers(...vectors)}`);
      setRegister(machine, 'rsp', bad + 0x800n);
      expect(run(machine, 10)).toBe('shutdown');
    }
  });

  it('an IDT that is not mapped: shutdown', () => {
    const machine = smallMachine(`  movb $0x1,0x10\n${handlers('14', '8_ist1')}`);
    machine.space.unmap(halves(SMALL.idt).high, halves(SMALL.idt).low);
    expect(run(machine, 10)).toBe('shutdown');
  });

  it('a vector without a gate is a general protection fault that names it', () => {
    const machine = smallMachine(`  ud2\n${handlers('13')}`);
    run(machine, 10);
    expect(machine.lastVector).toBe(VECTOR.generalProtection);
    expect(frame(machine)[0]).toBe(BigInt((VECTOR.undefinedInstruction << 3) | 0b011));
  });

  it('RSP outside the canonical range: #SS, then a double fault on its own stack', () => {
    const machine = smallMachine(`  push %rax\n${handlers('12', '8_ist1')}`);
    setRegister(machine, 'rsp', 0x8000_0000_0000_0000n);
    run(machine, 10);
    expect(machine.lastVector).toBe(VECTOR.doubleFault);
  });

  it('onto a stack outside the canonical range: #SS that says that the CPU itself pushed', () => {
    const machine = smallMachine(`  ud2\n${handlers('6', '12_ist1')}`);
    setRegister(machine, 'rsp', 0x8000_0000_0000_0000n);
    run(machine, 10);
    expect([machine.lastVector, frame(machine)[0]]).toEqual([VECTOR.stackSegment, 1n]);
  });

  it('of a fault pushes RF, which IRETQ brings back for one instruction; of an NMI does not', () => {
    const machine = smallMachine('  ud2\n  nop\nvector_6:\n  iretq\nvector_2:\n  nop\n');
    step(machine);
    expect([frame(machine)[2], machine.flags & FLAG.resume]).toEqual([BigInt(FLAG.resume | 0x202), 0]);
    step(machine);
    expect(machine.flags & FLAG.resume).toBe(FLAG.resume);
    machine.ripLow += 16; // on to the no-op
    step(machine);
    expect(machine.flags & FLAG.resume).toBe(0);
    machine.pendingNmi = true;
    step(machine);
    expect(frame(machine)[2]).toBe(0x202n);
  });

  it('with IBT a handler must begin with ENDBR64', () => {
    const machine = smallMachine(`  movb $0x1,0x10\n${STOP}vector_14:\n  nop\n${STOP}vector_21:\n  endbr64\n${STOP}`);
    machine.ibt = true;
    run(machine, 10);
    expect(machine.lastVector).toBe(VECTOR.controlProtection);
    expect(frame(machine)[0]).toBe(3n);
  });
});

describe('a fault while another is being delivered', () => {
  const { pageFault, generalProtection, doubleFault, stackSegment, nmi, undefinedInstruction } = VECTOR;
  it.each([
    [pageFault, pageFault, doubleFault],
    [pageFault, generalProtection, doubleFault],
    [generalProtection, stackSegment, doubleFault],
    [generalProtection, pageFault, pageFault],
    [undefinedInstruction, pageFault, pageFault],
    [nmi, generalProtection, generalProtection],
    [doubleFault, pageFault, NONE],
    [doubleFault, generalProtection, NONE],
  ])('%d then %d gives %d (SDM vol. 3A table 6-5)', (first, second, delivered) => {
    expect(combine(first, second)).toBe(delivered);
  });
});
