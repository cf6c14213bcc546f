// Instructions about the machine itself: stamps, fences, GS, CR3, MSRs, SMAP's door, VERW (SDM vol. 2).
import { locateOperand, raise, READ } from '../access.js';
import { VECTOR } from '../faults.js';
import { NO_REGISTER, type Execute } from '../instruction.js';
import { MSR, type Machine } from '../machine.js';
import { FLAG, RAX, RCX, RDX } from '../registers.js';
import { isData } from '../selectors.js';
import { advance } from './advance.js';

/** Looked up once: inside a test runner's context a global costs a hundred times the call. */
const { floor } = Math;

/** Wraps an instruction that raises #GP(0) outside ring 0. */
const privileged =
  (execute: Execute): Execute =>
  (machine, instruction) => {
    if (machine.cpl === 0) execute(machine, instruction);
    else raise(machine, VECTOR.generalProtection, 0);
  };

/** NOP, LFENCE, MFENCE: order and time only. */
export const nothing: Execute = advance;

export const endBranch: Execute = (machine) => {
  machine.endbranchDue = false;
  advance(machine);
};

export const clearDirection: Execute = (machine) => {
  machine.flags &= ~FLAG.direction;
  advance(machine);
};

export const clearAccess: Execute = privileged((machine) => {
  machine.flags &= ~FLAG.access;
  advance(machine);
});

export const setAccess: Execute = privileged((machine) => {
  machine.flags |= FLAG.access;
  advance(machine);
});

/** The TSC counts instructions, so that a window's difference is its instruction count. Upper halves are cleared. */
export const readTimeStamp: Execute = (machine) => {
  const stamp = machine.tscStart + machine.retired * machine.tscStep;
  const { registers } = machine;
  registers[2 * RAX] = (stamp % 0x1_0000_0000) | 0;
  registers[2 * RAX + 1] = 0;
  registers[2 * RDX] = floor(stamp / 0x1_0000_0000);
  registers[2 * RDX + 1] = 0;
  advance(machine);
};

export const swapGs: Execute = privileged((machine) => {
  const { gsBaseLow, gsBaseHigh } = machine;
  machine.gsBaseLow = machine.kernelGsBaseLow;
  machine.gsBaseHigh = machine.kernelGsBaseHigh;
  machine.kernelGsBaseLow = gsBaseLow;
  machine.kernelGsBaseHigh = gsBaseHigh;
  advance(machine);
});

/** Sets ZF when the selector in memory may be written; on CPUs that need it, empties their buffers too. */
export const verifyWrite: Execute = (machine, instruction) => {
  if (!locateOperand(machine, instruction, READ)) return;
  const isWritable = isData(machine.memory.view.getUint16(machine.operandAt, true));
  machine.flags = isWritable ? machine.flags | FLAG.zero : machine.flags & ~FLAG.zero;
  advance(machine);
};

export const readCr3: Execute = privileged((machine, { target }) => {
  machine.registers[2 * target] = machine.cr3Low;
  machine.registers[2 * target + 1] = machine.cr3High;
  advance(machine);
});

/** Switches the page tables at once; nothing is left over from a TLB here. Bit 63 is not kept (SDM vol. 3A §4.10.4.1). */
export const writeCr3: Execute = privileged((machine, { source }) => {
  const low = machine.registers[2 * source] ?? 0;
  const high = machine.registers[2 * source + 1] ?? 0;
  const space = machine.spaces.get(low & -4096);
  if (space === undefined) throw new RangeError(`no page tables at ${(low >>> 0).toString(16)}`);
  machine.space = space;
  machine.cr3Low = low;
  machine.cr3High = high & 0x7fff_ffff;
  advance(machine);
});

export const readCr2: Execute = privileged((machine, { target }) => {
  machine.registers[2 * target] = machine.cr2Low;
  machine.registers[2 * target + 1] = machine.cr2High;
  advance(machine);
});

export const writeCr2: Execute = privileged((machine, { source }) => {
  machine.cr2Low = machine.registers[2 * source] ?? 0;
  machine.cr2High = machine.registers[2 * source + 1] ?? 0;
  advance(machine);
});

const readMsr = (machine: Machine, register: number): [low: number, high: number] | undefined => {
  if (register === MSR.specCtrl) return [machine.specCtrl, 0];
  if (register === MSR.gsBase) return [machine.gsBaseLow, machine.gsBaseHigh];
  if (register === MSR.kernelGsBase) return [machine.kernelGsBaseLow, machine.kernelGsBaseHigh];
  return undefined;
};

export const readModelSpecific: Execute = privileged((machine) => {
  const value = readMsr(machine, machine.registers[2 * RCX] ?? 0);
  if (value === undefined) {
    raise(machine, VECTOR.generalProtection, 0);
    return;
  }
  machine.registers.set([value[0], 0], 2 * RAX);
  machine.registers.set([value[1], 0], 2 * RDX);
  advance(machine);
});

export const writeModelSpecific: Execute = privileged((machine) => {
  const { registers } = machine;
  const low = registers[2 * RAX] ?? 0;
  const high = registers[2 * RDX] ?? 0;
  const register = registers[2 * RCX] ?? 0;
  if (register === MSR.specCtrl) machine.specCtrl = low;
  else if (register === MSR.gsBase) {
    machine.gsBaseLow = low;
    machine.gsBaseHigh = high;
  } else if (register === MSR.kernelGsBase) {
    machine.kernelGsBaseLow = low;
    machine.kernelGsBaseHigh = high;
  } else {
    raise(machine, VECTOR.generalProtection, 0);
    return;
  }
  advance(machine);
});

/** Not an instruction of the CPU: kernel work outside the windows, done by the simulator. */
export const service: Execute = (machine, { immediateLow, source }) => {
  const work = source === NO_REGISTER ? machine.services[immediateLow] : undefined;
  if (work === undefined) throw new RangeError(`no service ${immediateLow}`);
  advance(machine);
  work(machine);
};
