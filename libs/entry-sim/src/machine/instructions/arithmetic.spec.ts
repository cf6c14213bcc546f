import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { run } from '../run.js';
import { FLAG, STATUS_FLAGS } from '../registers.js';
import { register, setRegister, smallMachine } from '../../testing/small-machine.js';

/** Result and flags by the manual's words, in BigInt. */
interface Expected {
  readonly result: bigint;
  readonly flags: number;
}

const bitsOf = (width: number) => (value: bigint) => BigInt.asUintN(width, value);

function flagsOf(width: number, exact: bigint, signed: bigint, a: bigint, b: bigint): Expected {
  const result = bitsOf(width)(exact);
  const lowByte = Number(result & 0xffn).toString(2);
  const isSet = (condition: boolean, flag: number): number => (condition ? flag : 0);
  return {
    result,
    flags:
      isSet(exact !== result, FLAG.carry) |
      isSet(BigInt.asIntN(width, signed) !== signed, FLAG.overflow) |
      isSet(result === 0n, FLAG.zero) |
      isSet(result >> BigInt(width - 1) === 1n, FLAG.sign) |
      isSet([...lowByte].filter((bit) => bit === '1').length % 2 === 0, FLAG.parity) |
      isSet(((a ^ b ^ result) & 0x10n) !== 0n, FLAG.auxiliary),
  };
}

const signed = (width: number, value: bigint): bigint => BigInt.asIntN(width, value);

function expectedOf(operation: string, width: number, a: bigint, b: bigint): Expected {
  const cut = bitsOf(width);
  const [left, right] = [cut(a), cut(b)];
  switch (operation) {
    case 'add':
      return flagsOf(width, left + right, signed(width, left) + signed(width, right), left, right);
    case 'sub':
    case 'cmp':
      return flagsOf(width, left - right, signed(width, left) - signed(width, right), left, right);
    default: {
      const result = operation === 'or' ? left | right : operation === 'xor' ? left ^ right : left & right;
      return flagsOf(width, result, signed(width, result), 0n, result);
    }
  }
}

const word = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n),
);

describe('arithmetic agrees with the manual', () => {
  const cases = ['add', 'sub', 'cmp', 'and', 'or', 'xor', 'test'].flatMap((operation) =>
    [64, 32].map((width) => ({ operation, width })),
  );
  it.each(cases)('$operation, $width bits', ({ operation, width }) => {
    const [target, source] = width === 64 ? ['%rax', '%rbx'] : ['%eax', '%ebx'];
    const machine = smallMachine(`  ${operation} ${source},${target}\n  service $service_stop\n`);
    const start = { low: machine.ripLow, high: machine.ripHigh };
    const keeps = operation !== 'cmp' && operation !== 'test';
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 0xfff }), (a, b, noise) => {
        machine.ripLow = start.low;
        machine.ripHigh = start.high;
        machine.halted = '';
        machine.flags = FLAG.fixed | (noise & STATUS_FLAGS);
        setRegister(machine, 'rax', a);
        setRegister(machine, 'rbx', b);
        expect(run(machine, 10)).toBe('stopped');
        const { result, flags } = expectedOf(operation, width, a, b);
        expect(register(machine, 'rax')).toBe(keeps ? result : a);
        expect(machine.flags & STATUS_FLAGS & ~(keeps || operation === 'cmp' ? 0 : FLAG.auxiliary)).toBe(
          operation === 'add' || operation === 'sub' || operation === 'cmp' ? flags : flags & ~FLAG.auxiliary,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('inc and dec keep the carry', () => {
    const machine = smallMachine('  inc %rax\n  dec %ebx\n  service $service_stop\n');
    machine.flags |= FLAG.carry;
    setRegister(machine, 'rax', 2n ** 64n - 1n);
    setRegister(machine, 'rbx', 0xffff_0000_0000_0000n);
    run(machine, 10);
    expect(register(machine, 'rax')).toBe(0n);
    expect(register(machine, 'rbx')).toBe(0xffff_ffffn);
    expect(machine.flags & FLAG.carry).toBe(FLAG.carry);
  });

  it.each([1, 31, 32, 33, 63])('shl by %d', (count) => {
    const machine = smallMachine(`  shl $${count},%rax\n  service $service_stop\n`);
    fc.assert(
      fc.property(word, (value) => {
        machine.ripLow = Number(0x8100_0000n) | 0;
        machine.halted = '';
        setRegister(machine, 'rax', value);
        run(machine, 10);
        expect(register(machine, 'rax')).toBe(BigInt.asUintN(64, value << BigInt(count)));
        expect((machine.flags & FLAG.carry) !== 0).toBe(((value >> BigInt(64 - count)) & 1n) === 1n);
      }),
    );
  });

  it('a byte in memory is tested without its neighbours', () => {
    const machine = smallMachine('  movl $0x300,data\n  testb $0x3,data\n  service $service_stop\n');
    run(machine, 10);
    expect(machine.flags & FLAG.zero).toBe(FLAG.zero);
  });
});
