// The top of the stack: what PUSH, CALL, POP and RET share.
import { locate, READ, WRITE } from '../access.js';
import type { Machine } from '../machine.js';
import { RSP } from '../registers.js';

const WORD = 8;

/**
 * Pushes a word; RSP moves only when it could be written.
 * @returns false: a fault has been raised
 */
export function pushWord(machine: Machine, low: number, high: number): boolean {
  const { registers, memory } = machine;
  const before = registers[2 * RSP] ?? 0;
  const top = (before - WORD) | 0;
  const topHigh = ((registers[2 * RSP + 1] ?? 0) - (before >>> 0 < WORD ? 1 : 0)) | 0;
  const at = locate(machine, topHigh, top, WORD, WRITE, true);
  if (at < 0) return false;
  memory.view.setInt32(at, low, true);
  memory.view.setInt32(at + 4, high, true);
  registers[2 * RSP] = top;
  registers[2 * RSP + 1] = topHigh;
  return true;
}

/** Physical address of the word on top; −1: a fault has been raised. */
export function locateTop(machine: Machine): number {
  const { registers } = machine;
  return locate(machine, registers[2 * RSP + 1] ?? 0, registers[2 * RSP] ?? 0, WORD, READ, true);
}

/** Moves RSP up by a word. */
export function releaseTop({ registers }: Machine): void {
  const top = ((registers[2 * RSP] ?? 0) + WORD) | 0;
  registers[2 * RSP] = top;
  if (top >>> 0 < WORD) registers[2 * RSP + 1] = ((registers[2 * RSP + 1] ?? 0) + 1) | 0;
}
