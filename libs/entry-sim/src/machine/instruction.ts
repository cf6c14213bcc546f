// A decoded instruction.
import type { CostClass } from '../vocabulary/crossing-trace.js';
import type { Machine } from './machine.js';

/**
 * Does the instruction and moves RIP on; or sets `machine.fault` and changes nothing else, so that it can be repeated.
 */
export type Execute = (machine: Machine, instruction: Instruction) => void;

/**
 * Every instruction takes this much room, whatever its real length: lengths change neither counts nor faults. Addresses of
 * code are therefore the simulator's own.
 */
export const INSTRUCTION_BYTES = 16;

/** No register: absolute address. */
export const NO_REGISTER = -1;

/** Flat, and of one shape for all instructions: the interpreter reads it some ten million times a second. */
export interface Instruction {
  readonly execute: Execute;
  /** Bytes of the operand: 1, 4 or 8. */
  readonly size: number;
  /** Register operands, indexes into REGISTERS; NO_REGISTER when there is none. */
  readonly source: number;
  readonly target: number;
  readonly immediateLow: number;
  readonly immediateHigh: number;
  /** Memory operand: [gs base +] base + displacement. */
  readonly base: number;
  readonly usesGs: boolean;
  readonly displacementLow: number;
  readonly displacementHigh: number;
  /** Address of the branch's target. */
  readonly branchLow: number;
  readonly branchHigh: number;

  /**
   * Goes on to the next instruction and changes nothing that decides whether that may be fetched, nor what is pending: it need
   * not be looked up anew, unless a fault is raised or the page ends.
   */
  readonly isPlain: boolean;

  readonly mnemonic: string;
  /** As in the listing. */
  readonly text: string;
  /** Symbol and position in it. */
  readonly place: string;
  /** Whether a conditional jump is taken decides at run time. */
  readonly costClass: CostClass;
}
