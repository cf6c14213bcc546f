// JMP, Jcc, CALL, RET and UD2 (SDM vol. 2A and 2B). All branches are direct but RET, which IBT does not track.
import { isCanonical, raise } from '../access.js';
import { NONE, VECTOR } from '../faults.js';
import { INSTRUCTION_BYTES, type Execute, type Instruction } from '../instruction.js';
import type { Machine } from '../machine.js';
import { FLAG } from '../registers.js';
import { advance } from './advance.js';
import { locateTop, pushWord, releaseTop } from './stack.js';

function jumpTo(machine: Machine, { branchLow, branchHigh }: Instruction): void {
  machine.ripLow = branchLow;
  machine.ripHigh = branchHigh;
}

export const jump: Execute = (machine, instruction) => {
  jumpTo(machine, instruction);
};

/** What the conditional jumps ask of the flags. */
export const CONDITIONS: Readonly<Record<string, (flags: number) => boolean>> = {
  je: (flags) => (flags & FLAG.zero) !== 0,
  jne: (flags) => (flags & FLAG.zero) === 0,
  jb: (flags) => (flags & FLAG.carry) !== 0,
  jae: (flags) => (flags & FLAG.carry) === 0,
  js: (flags) => (flags & FLAG.sign) !== 0,
  jns: (flags) => (flags & FLAG.sign) === 0,
};

export const jumpIf =
  (holds: (flags: number) => boolean): Execute =>
  (machine, instruction) => {
    if (holds(machine.flags)) jumpTo(machine, instruction);
    else advance(machine);
  };

export const call: Execute = (machine, instruction) => {
  if (pushWord(machine, (machine.ripLow + INSTRUCTION_BYTES) | 0, machine.ripHigh)) jumpTo(machine, instruction);
};

export const returnNear: Execute = (machine) => {
  const at = locateTop(machine);
  if (at < 0) return;
  const high = machine.memory.view.getInt32(at + 4, true);
  if (!isCanonical(high)) {
    raise(machine, VECTOR.generalProtection, 0);
    return;
  }
  releaseTop(machine);
  machine.ripLow = machine.memory.view.getInt32(at, true);
  machine.ripHigh = high;
};

export const undefinedInstruction: Execute = (machine) => {
  raise(machine, VECTOR.undefinedInstruction, NONE);
};
