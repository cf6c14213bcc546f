import { describe, expect, it } from '@jest/globals';
import { enterUser, register, setRegister, setWord, SMALL, smallMachine, wordAt } from '../testing/small-machine.js';
import { VECTOR } from './faults.js';
import { FLAG } from './registers.js';
import { run, step } from './run.js';

const STOP = '  service $service_stop\n';
const FAULTS = `${STOP}vector_13:\n${STOP}vector_14:\n${STOP}vector_12:\n${STOP}`;

function after(listing: string, prepare: (machine: ReturnType<typeof smallMachine>) => void = () => undefined) {
  const machine = smallMachine(listing + FAULTS);
  prepare(machine);
  run(machine, 10);
  return { vector: machine.lastVector, errorCode: Number(wordAt(machine, register(machine, 'rsp'))) };
}

describe('an access to memory', () => {
  it.each([
    ['a page that is not there, read', '  mov 0x7000,%rax\n', 0],
    ['a page that is not there, written', '  mov %rax,0x7000\n', 2],
    ['a read-only page, written by the kernel (CR0.WP)', '  mov %rax,readOnly\n', 3],
    ['a user page under SMAP, read', '  mov userData,%rax\n', 1],
    ['a user page under SMAP, written', '  incq userData\n', 3],
    ['user code under SMEP', '  jmp user\n', 17],
    ['data as code', '  jmp data\n', 17],
  ])('%s', (_, listing, errorCode) => {
    expect(after(listing)).toEqual({ vector: VECTOR.pageFault, errorCode });
  });

  it('a user page is open with AC, or without SMAP', () => {
    expect(after('  stac\n  mov userData,%rax\n').vector).toBe(-1);
    expect(after('  mov userData,%rax\n', (machine) => void (machine.smap = false)).vector).toBe(-1);
    expect(after('  stac\n  clac\n  mov userData,%rax\n').vector).toBe(VECTOR.pageFault);
  });

  it('an address that is not canonical: #GP, on the stack #SS', () => {
    const high = (machine: ReturnType<typeof smallMachine>): void => setRegister(machine, 'rbx', 0x8000_0000_0000n);
    expect(after('  mov (%rbx),%rax\n', high)).toEqual({ vector: VECTOR.generalProtection, errorCode: 0 });
    const machine = smallMachine(`  push %rax\n${STOP}vector_12_ist1:\n${STOP}`);
    setRegister(machine, 'rsp', 0x8000_0000_1000n);
    run(machine, 10);
    expect(machine.lastVector).toBe(VECTOR.stackSegment);
    const based = (name: 'rbp' | 'r13') =>
      after(`  mov (%${name}),%rax\n`, (small) => setRegister(small, name, 0x8000_0000_0000n)).vector;
    expect([based('rbp'), based('r13')]).toEqual([VECTOR.stackSegment, VECTOR.generalProtection]);
  });

  it('a return to an address that is not canonical: #GP in front of it', () => {
    const away = smallMachine(`  push $0x1\n  ret\n${FAULTS}`);
    step(away);
    const rsp = register(away, 'rsp');
    setWord(away, rsp, 0x8000_0000_0000n);
    step(away);
    const frame = register(away, 'rsp');
    expect([away.lastVector, wordAt(away, frame)]).toEqual([VECTOR.generalProtection, 0n]);
    expect([wordAt(away, frame + 8n), wordAt(away, frame + 32n)]).toEqual([SMALL.code + 16n, rsp]);
  });

  it.each([
    ['kernel memory', '  mov data,%rax\n', VECTOR.pageFault, 5],
    ['swapgs', '  swapgs\n', VECTOR.generalProtection, 0],
    ['CR3', '  mov %cr3,%rax\n', VECTOR.generalProtection, 0],
    ['WRMSR', '  wrmsr\n', VECTOR.generalProtection, 0],
  ])('user mode may not have %s', (_, listing, vector, errorCode) => {
    const machine = smallMachine(FAULTS, listing);
    enterUser(machine);
    run(machine, 10);
    expect([machine.lastVector, Number(wordAt(machine, register(machine, 'rsp')))]).toEqual([vector, errorCode]);
  });

  it('an instruction that faults changes nothing and can be repeated', () => {
    const machine = smallMachine(`  push 0x7000\n  pop %rax\n${FAULTS}`);
    const before = machine.registers.slice();
    machine.gates.clear();
    step(machine);
    expect(machine.shutdown).toBe(true);
    expect(machine.registers).toEqual(before);
    expect(machine.retired).toBe(0);
  });

  it('32-bit results clear the upper half, the low byte leaves it', () => {
    const machine = smallMachine(`  mov $-1,%rax\n  mov $-1,%rbx\n  mov %eax,%eax\n  mov $0x5,%bl\n${STOP}`);
    run(machine, 10);
    expect(register(machine, 'rax')).toBe(0xffff_ffffn);
    expect(register(machine, 'rbx')).toBe(0xffff_ffff_ffff_ff05n);
  });

  it('RDTSC counts what has retired', () => {
    const machine = smallMachine(`  rdtsc\n  mov %rax,%rbx\n  rdtsc\n${STOP}`);
    machine.tscStart = 2 ** 40 + 7;
    run(machine, 10);
    expect([register(machine, 'rdx'), register(machine, 'rbx'), register(machine, 'rax')]).toEqual([256n, 7n, 9n]);
  });

  it('VERW says by ZF whether the selector may be written', () => {
    const machine = smallMachine(`  movl $0x18,data\n  verw data\n  je .L1\n  ud2\n.L1:\n${STOP}`);
    expect(run(machine, 10)).toBe('stopped');
    expect(machine.flags & FLAG.zero).toBe(FLAG.zero);
    expect(SMALL.data).toBe(0xffff_8880_0000_1000n);
  });
});
