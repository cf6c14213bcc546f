// ADD, SUB, CMP, AND, OR, XOR, TEST, INC, DEC, SHL and their flags (SDM vol. 1 §3.4.3.1, vol. 2A and 2B).
import { locateOperand, READ, WRITE } from '../access.js';
import { carryOf } from '../address.js';
import { NO_REGISTER, type Execute, type Instruction } from '../instruction.js';
import type { Machine } from '../machine.js';
import { FLAG, STATUS_FLAGS } from '../registers.js';
import { advance } from './advance.js';
import { writeRegister } from './move.js';

/** The result's halves, and the flags that it leaves. Never made for one instruction: the caller's own scratch. */
export interface Result {
  low: number;
  high: number;
  flags: number;
}
/** Computes `target operation operand` in the given width, into `result`; `flags` holds the old ones. */
export type Operation = (
  result: Result, low: number, high: number, operandLow: number, operandHigh: number, size: number,
) => void; // prettier-ignore

const parityOf = (low: number): number => {
  const folded = (low ^ (low >>> 4)) & 0xf;
  return (0x9669 >>> folded) & 1 ? FLAG.parity : 0; // bit n of 9669h: n has an even number of ones
};

function zeroSignParity(low: number, high: number, size: number): number {
  const isZero = size === 8 ? (low | high) === 0 : size === 4 ? low === 0 : (low & 0xff) === 0;
  const isNegative = size === 8 ? high < 0 : size === 4 ? low < 0 : (low & 0x80) !== 0;
  return (isZero ? FLAG.zero : 0) | (isNegative ? FLAG.sign : 0) | parityOf(low);
}

/** Carry and overflow come from the top bits of operands and result. */
function carries(size: number, a: number, b: number, result: number, subtract: boolean): number {
  const top = size === 1 ? 7 : 31;
  const carry = subtract ? (~a & b) | (~(a ^ b) & result) : (a & b) | ((a | b) & ~result);
  const overflow = subtract ? (a ^ b) & (a ^ result) : (a ^ result) & (b ^ result);
  return ((carry >>> top) & 1 ? FLAG.carry : 0) | ((overflow >>> top) & 1 ? FLAG.overflow : 0);
}

function sum(
  result: Result,
  low: number,
  high: number,
  otherLow: number,
  otherHigh: number,
  size: number,
  subtract: boolean,
): void {
  const resultLow = (subtract ? low - otherLow : low + otherLow) | 0;
  const resultHigh = subtract
    ? (high - otherHigh - (low >>> 0 < otherLow >>> 0 ? 1 : 0)) | 0
    : (high + otherHigh + carryOf(resultLow, otherLow)) | 0;
  const auxiliary = (low ^ otherLow ^ resultLow) & 0x10 ? FLAG.auxiliary : 0;
  const top =
    size === 8 ? carries(8, high, otherHigh, resultHigh, subtract) : carries(size, low, otherLow, resultLow, subtract);
  result.flags = (result.flags & ~STATUS_FLAGS) | zeroSignParity(resultLow, resultHigh, size) | auxiliary | top;
  result.low = resultLow;
  result.high = resultHigh;
}

/** AND, OR, XOR: carry and overflow cleared; auxiliary carry is undefined and cleared here. */
function logic(result: Result, low: number, high: number, size: number): void {
  result.flags = (result.flags & ~STATUS_FLAGS) | zeroSignParity(low, high, size);
  result.low = low;
  result.high = high;
}

export const add: Operation = (result, low, high, bLow, bHigh, size) =>
  sum(result, low, high, bLow, bHigh, size, false);
export const subtract: Operation = (result, low, high, bLow, bHigh, size) =>
  sum(result, low, high, bLow, bHigh, size, true);
export const and: Operation = (result, low, high, bLow, bHigh, size) => logic(result, low & bLow, high & bHigh, size);
export const or: Operation = (result, low, high, bLow, bHigh, size) => logic(result, low | bLow, high | bHigh, size);
export const xor: Operation = (result, low, high, bLow, bHigh, size) => logic(result, low ^ bLow, high ^ bHigh, size);

const keepingCarry =
  (operation: Operation): Operation =>
  (result, low, high, _bLow, _bHigh, size) => {
    const carry = result.flags & FLAG.carry;
    operation(result, low, high, 1, 0, size);
    result.flags = (result.flags & ~FLAG.carry) | carry;
  };
export const increment = keepingCarry(add);
export const decrement = keepingCarry(subtract);

/** By an immediate count of 1 to 63 on 64 bits, 1 to 31 on 32. */
export const shiftLeft: Operation = (result, low, high, count, _bHigh, size) => {
  const shifted = count & (size === 8 ? 63 : 31);
  if (shifted === 0) return;
  const lastOut =
    size !== 8 ? low >>> (32 - shifted) : shifted <= 32 ? high >>> (32 - shifted) : low >>> (64 - shifted);
  const carriedIn = shifted < 32 ? low >>> (32 - shifted) : low << (shifted - 32);
  const newLow = shifted < 32 ? low << shifted : 0;
  const newHigh = shifted < 32 ? (high << shifted) | carriedIn : carriedIn;
  logic(result, newLow, newHigh, size);
  const isCarry = shifted === 32 && size === 8 ? high & 1 : lastOut & 1;
  const isNegative = size === 8 ? newHigh < 0 : newLow < 0;
  result.flags |= (isCarry ? FLAG.carry : 0) | (isNegative === (isCarry === 1) ? 0 : FLAG.overflow);
};

const scratch: Result = { low: 0, high: 0, flags: 0 };

function compute(machine: Machine, operation: Operation, instruction: Instruction, low: number, high: number): Result {
  const { registers } = machine;
  const { source } = instruction;
  scratch.flags = machine.flags;
  scratch.low = low;
  scratch.high = high;
  if (source === NO_REGISTER)
    operation(scratch, low, high, instruction.immediateLow, instruction.immediateHigh, instruction.size);
  else operation(scratch, low, high, registers[2 * source] ?? 0, registers[2 * source + 1] ?? 0, instruction.size);
  return scratch;
}

/** Target a register; operand a register or an immediate. */
export const onRegister =
  (operation: Operation, keepsResult: boolean): Execute =>
  (machine, instruction) => {
    const { target } = instruction;
    const { registers } = machine;
    const result = compute(machine, operation, instruction, registers[2 * target] ?? 0, registers[2 * target + 1] ?? 0);
    if (keepsResult) writeRegister(machine, target, instruction.size, result.low, result.high);
    machine.flags = result.flags;
    advance(machine);
  };

/** Target in memory; operand a register or an immediate. */
export const onMemory =
  (operation: Operation, keepsResult: boolean): Execute =>
  (machine, instruction) => {
    if (!locateOperand(machine, instruction, keepsResult ? WRITE : READ)) return;
    const { view } = machine.memory;
    const { size } = instruction;
    const at = machine.operandAt;
    const low = size === 1 ? view.getInt8(at) : view.getInt32(at, true);
    const result = compute(machine, operation, instruction, low, size === 8 ? view.getInt32(at + 4, true) : 0);
    if (keepsResult) {
      if (size === 1) view.setInt8(at, result.low);
      else view.setInt32(at, result.low, true);
      if (size === 8) view.setInt32(at + 4, result.high, true);
    }
    machine.flags = result.flags;
    advance(machine);
  };
