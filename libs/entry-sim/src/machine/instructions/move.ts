// MOV, LEA, PUSH, POP (SDM vol. 2B), and MOVQ between XMM0, a register and memory.
import { effectiveAddress, locateOperand, READ, WRITE } from '../access.js';
import type { Execute, Instruction } from '../instruction.js';
import type { Machine } from '../machine.js';
import { advance } from './advance.js';
import { locateTop, pushWord, releaseTop } from './stack.js';

/** Writes a register as the operand's size has it: 4 bytes clear the upper half, 1 byte leaves the rest alone. */
export function writeRegister({ registers }: Machine, register: number, size: number, low: number, high: number): void {
  if (size === 1) {
    registers[2 * register] = ((registers[2 * register] ?? 0) & ~0xff) | (low & 0xff);
    return;
  }
  registers[2 * register] = low;
  registers[2 * register + 1] = size === 8 ? high : 0;
}

function store(machine: Machine, { size }: Instruction, low: number, high: number): void {
  const { view } = machine.memory;
  if (size === 1) view.setInt8(machine.operandAt, low);
  else view.setInt32(machine.operandAt, low, true);
  if (size === 8) view.setInt32(machine.operandAt + 4, high, true);
}

export const moveRegister: Execute = (machine, instruction) => {
  const { registers } = machine;
  const { source } = instruction;
  writeRegister(
    machine,
    instruction.target,
    instruction.size,
    registers[2 * source] ?? 0,
    registers[2 * source + 1] ?? 0,
  );
  advance(machine);
};

export const moveImmediate: Execute = (machine, instruction) => {
  writeRegister(machine, instruction.target, instruction.size, instruction.immediateLow, instruction.immediateHigh);
  advance(machine);
};

export const load: Execute = (machine, instruction) => {
  if (!locateOperand(machine, instruction, READ)) return;
  const { view } = machine.memory;
  const at = machine.operandAt;
  if (instruction.size === 1) writeRegister(machine, instruction.target, 1, view.getUint8(at), 0);
  else {
    const high = instruction.size === 8 ? view.getInt32(at + 4, true) : 0;
    writeRegister(machine, instruction.target, instruction.size, view.getInt32(at, true), high);
  }
  advance(machine);
};

export const storeRegister: Execute = (machine, instruction) => {
  if (!locateOperand(machine, instruction, WRITE)) return;
  const { registers } = machine;
  const { source } = instruction;
  store(machine, instruction, registers[2 * source] ?? 0, registers[2 * source + 1] ?? 0);
  advance(machine);
};

export const storeImmediate: Execute = (machine, instruction) => {
  if (!locateOperand(machine, instruction, WRITE)) return;
  store(machine, instruction, instruction.immediateLow, instruction.immediateHigh);
  advance(machine);
};

export const loadAddress: Execute = (machine, instruction) => {
  effectiveAddress(machine, instruction);
  writeRegister(machine, instruction.target, 8, machine.addressLow, machine.addressHigh);
  advance(machine);
};

export const pushRegister: Execute = (machine, { source }) => {
  if (pushWord(machine, machine.registers[2 * source] ?? 0, machine.registers[2 * source + 1] ?? 0)) advance(machine);
};

export const pushImmediate: Execute = (machine, { immediateLow, immediateHigh }) => {
  if (pushWord(machine, immediateLow, immediateHigh)) advance(machine);
};

export const pushMemory: Execute = (machine, instruction) => {
  if (!locateOperand(machine, instruction, READ)) return;
  const { view } = machine.memory;
  if (pushWord(machine, view.getInt32(machine.operandAt, true), view.getInt32(machine.operandAt + 4, true)))
    advance(machine);
};

export const popRegister: Execute = (machine, { target }) => {
  const at = locateTop(machine);
  if (at < 0) return;
  releaseTop(machine);
  const { view } = machine.memory;
  writeRegister(machine, target, 8, view.getInt32(at, true), view.getInt32(at + 4, true));
  advance(machine);
};

export const vectorFromRegister: Execute = (machine, { source }) => {
  const { registers, xmm0 } = machine;
  xmm0[0] = registers[2 * source] ?? 0;
  xmm0[1] = registers[2 * source + 1] ?? 0;
  xmm0[2] = 0; // MOVQ clears the upper half
  xmm0[3] = 0;
  advance(machine);
};

export const registerFromVector: Execute = (machine, { target }) => {
  writeRegister(machine, target, 8, machine.xmm0[0] ?? 0, machine.xmm0[1] ?? 0);
  advance(machine);
};
