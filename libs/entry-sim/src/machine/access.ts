// Every access to memory: page tables, privilege, write protection, no-execute, SMEP and SMAP (SDM vol. 3A §4.6, §4.7).
import { carryOf } from './address.js';
import { PAGE_FAULT, VECTOR } from './faults.js';
import { NO_REGISTER, type Instruction } from './instruction.js';
import type { Machine } from './machine.js';
import { PAGE } from './memory.js';
import { FLAG, RBP, RSP } from './registers.js';

/** What kind of access; USER and SMAP are decided by the machine's state. */
export const READ = 0;
export const WRITE = 1;
export const FETCH = 2;
/** The CPU's own accesses to IDT, TSS and the new stack: supervisor's whatever CPL is (SDM vol. 3A §4.6.1). */
export const SYSTEM_READ = 4;
export const SYSTEM_WRITE = 5;

const FAILED = -1;

/** Bits 63 to 47 must be alike (SDM vol. 1 §3.3.7.1). */
export function isCanonical(high: number): boolean {
  const upper = high >> 15;
  return upper === 0 || upper === -1;
}

export function raise(machine: Machine, vector: number, errorCode: number): typeof FAILED {
  machine.fault = vector;
  machine.faultErrorCode = errorCode;
  return FAILED;
}

function raisePageFault(machine: Machine, high: number, low: number, access: number, present: number): typeof FAILED {
  machine.faultLow = low;
  machine.faultHigh = high;
  const write = (access & WRITE) !== 0 ? PAGE_FAULT.write : 0;
  const user = access < SYSTEM_READ && machine.cpl === 3 ? PAGE_FAULT.user : 0;
  return raise(machine, VECTOR.pageFault, present | write | user | (access === FETCH ? PAGE_FAULT.fetch : 0));
}

function isAllowed(machine: Machine, bits: number, access: number): boolean {
  const system = access >= SYSTEM_READ;
  if (!system && machine.cpl === 3) {
    if ((bits & PAGE.user) === 0) return false;
  } else if ((bits & PAGE.user) !== 0) {
    // SMEP: no code from user pages. SMAP: no data, unless AC is set; for the CPU's own accesses AC does not count.
    if (access === FETCH) {
      if (machine.smep) return false;
    } else if (machine.smap && (system || (machine.flags & FLAG.access) === 0)) return false;
  }
  if (access === FETCH) return (bits & PAGE.noExecute) === 0;
  return (access & WRITE) === 0 || (bits & PAGE.writable) !== 0; // CR0.WP is set: the kernel obeys too
}

/**
 * Linear to physical address.
 * @returns the physical address; −1 when `machine.fault` has been set to #PF
 */
export function translate(machine: Machine, high: number, low: number, access: number): number {
  const { space } = machine;
  const place = space.find(high, low);
  const bits = place < 0 ? 0 : space.bitsAt(place);
  if ((bits & PAGE.present) === 0) return raisePageFault(machine, high, low, access, 0);
  if (!isAllowed(machine, bits, access)) return raisePageFault(machine, high, low, access, PAGE_FAULT.present);
  return space.frameAt(place) | (low & 0xfff);
}

/**
 * Physical address of `size` bytes that an instruction reads or writes. An access over the edge of a page is not modelled.
 * @returns −1 when a fault has been raised: #PF, #GP(0) for an address that is not canonical, #SS(0) on the stack
 */
export function locate(
  machine: Machine,
  high: number,
  low: number,
  size: number,
  access: number,
  stack: boolean,
): number {
  if (!isCanonical(high)) return raise(machine, stack ? VECTOR.stackSegment : VECTOR.generalProtection, 0);
  if ((low & 0xfff) + size > 0x1000) throw new RangeError('an access over the edge of a page is not modelled');
  return translate(machine, high, low, access);
}

/** Computes [gs base +] base + displacement into `addressLow`, `addressHigh`. */
export function effectiveAddress(machine: Machine, instruction: Instruction): void {
  let low = instruction.displacementLow;
  let high = instruction.displacementHigh;
  const { base } = instruction;
  if (base !== NO_REGISTER) {
    const { registers } = machine;
    const addend = registers[2 * base] ?? 0;
    low = (low + addend) | 0;
    high = (high + (registers[2 * base + 1] ?? 0) + carryOf(low, addend)) | 0;
  }
  if (instruction.usesGs) {
    const addend = machine.gsBaseLow;
    low = (low + addend) | 0;
    high = (high + machine.gsBaseHigh + carryOf(low, addend)) | 0;
  }
  machine.addressLow = low;
  machine.addressHigh = high;
}

/**
 * Physical address of the instruction's memory operand, into `operandAt`.
 * @returns whether it may be accessed; else a fault has been raised
 */
export function locateOperand(machine: Machine, instruction: Instruction, access: number): boolean {
  effectiveAddress(machine, instruction);
  // What RSP and RBP point to is the stack segment's (SDM vol. 1 table 3-5).
  const { base, usesGs } = instruction;
  const stack = (base === RSP || base === RBP) && !usesGs;
  machine.operandAt = locate(machine, machine.addressHigh, machine.addressLow, instruction.size, access, stack);
  return machine.operandAt >= 0;
}
