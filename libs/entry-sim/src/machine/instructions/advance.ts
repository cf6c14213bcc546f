import { INSTRUCTION_BYTES } from '../instruction.js';
import type { Machine } from '../machine.js';

/** To the next instruction. Code never lies across a border of 4 GiB. */
export function advance(machine: Machine): void {
  machine.ripLow = (machine.ripLow + INSTRUCTION_BYTES) | 0;
}
