// The CPU enters a handler by itself: exceptions, interrupts, NMIs (SDM vol. 3A §6.12.1, §6.14; APM vol. 2 §8.9).
import { isCanonical, locate, raise, SYSTEM_READ, SYSTEM_WRITE, translate } from './access.js';
import { carryOf } from './address.js';
import { combine, hasErrorCode, isFault, NONE, VECTOR } from './faults.js';
import type { Gate, Machine } from './machine.js';
import { FLAG, RSP } from './registers.js';
import { SELECTOR } from './selectors.js';

/** Bytes of a gate in 64-bit mode (§6.14.1). */
const GATE_BYTES = 16;
/** Offsets in the 64-bit TSS (SDM vol. 3A figure 7-11). */
export const TSS_SP0 = 4;
export const TSS_IST1 = 36;
/** Error code of a fault that an IDT entry caused: index, IDT bit, and EXT since no program asked for it (§6.13). */
const idtErrorCode = (vector: number): number => (vector << 3) | 0b011;

/** Error code of a fault of the stack that the CPU itself pushes to: EXT alone (§6.13). */
const EXTERNAL = 1;

const CLEARED = FLAG.trap | FLAG.interrupts | FLAG.nestedTask | FLAG.resume | FLAG.virtual8086;

const WORD = 8;

/** What `enter` pushes, two halves a word, and where to: filled anew by each delivery, of which one is under way at a time. */
const frame = new Int32Array(12);
const places = new Int32Array(6);
const stack = { high: 0, low: 0 };

/** Physical address of what lies so far behind the start of the IDT or TSS; −1: a fault has been raised. */
function inTable(machine: Machine, high: number, low: number, bytes: number): number {
  const sum = (low + bytes) | 0;
  return translate(machine, (high + carryOf(sum, bytes)) | 0, sum, SYSTEM_READ);
}

function readGate(machine: Machine, vector: number): Gate | undefined {
  if (inTable(machine, machine.idtHigh, machine.idtLow, vector * GATE_BYTES) < 0) return undefined;
  const gate = machine.gates.get(vector);
  if (gate === undefined) raise(machine, VECTOR.generalProtection, idtErrorCode(vector));
  return gate;
}

/**
 * The new stack's end, into `stack`: an IST stack, else TSS.sp0 when privilege rises, else the one in use (§6.14.2, §6.14.5).
 * @returns false: a fault has been raised
 */
function findStack(machine: Machine, gate: Gate): boolean {
  const { registers, memory } = machine;
  if (gate.ist === 0 && machine.cpl === 0) {
    stack.low = registers[2 * RSP] ?? 0;
    stack.high = registers[2 * RSP + 1] ?? 0;
    return true;
  }
  const entry = gate.ist === 0 ? TSS_SP0 : TSS_IST1 + WORD * (gate.ist - 1);
  const at = inTable(machine, machine.tssHigh, machine.tssLow, entry);
  if (at < 0) return false;
  stack.low = memory.view.getInt32(at, true);
  stack.high = memory.view.getInt32(at + 4, true);
  return true;
}

/**
 * Physical addresses of so many words below `top`, into `places`.
 * @returns false: a fault has been raised
 */
function placeFrame(machine: Machine, words: number, top: number): boolean {
  for (let word = 0; word < words; word += 1) {
    const bytes = WORD * (word + 1);
    const low = (top - bytes) | 0;
    // Below a word of the same page it is that page's: one look does for the whole frame, mostly.
    const at =
      word > 0 && (low & 0xfff) !== 0x1000 - WORD
        ? (places[word - 1] ?? 0) - WORD
        : locate(machine, (stack.high - (top >>> 0 < bytes ? 1 : 0)) | 0, low, WORD, SYSTEM_WRITE, true);
    if (at < 0) return false;
    places[word] = at;
  }
  return true;
}

/**
 * Enters the handler of one vector.
 * @returns whether it was entered; else `machine.fault` is set and registers are as they were
 */
function enter(machine: Machine, vector: number, errorCode: number): boolean {
  const gate = readGate(machine, vector);
  if (!gate || !findStack(machine, gate)) return false;
  const { registers, memory } = machine;
  if (!isCanonical(stack.high)) {
    raise(machine, VECTOR.stackSegment, EXTERNAL);
    return false;
  }
  const words = hasErrorCode(vector) ? 6 : 5;
  // Aligned down to 16 bytes in every case (§6.14.2).
  const top = stack.low & -16;
  frame[0] = machine.ss;
  frame[2] = registers[2 * RSP] ?? 0;
  frame[3] = registers[2 * RSP + 1] ?? 0;
  frame[4] = isFault(vector) ? machine.flags | FLAG.resume : machine.flags;
  frame[6] = machine.cs;
  frame[8] = machine.ripLow;
  frame[9] = machine.ripHigh;
  frame[10] = errorCode;
  if (!placeFrame(machine, words, top)) return false;
  for (let word = 0; word < words; word += 1) {
    const at = places[word] ?? 0;
    memory.view.setInt32(at, frame[2 * word] ?? 0, true);
    memory.view.setInt32(at + 4, frame[2 * word + 1] ?? 0, true);
  }
  registers[2 * RSP] = (top - WORD * words) | 0;
  registers[2 * RSP + 1] = (stack.high - (top >>> 0 < WORD * words ? 1 : 0)) | 0;
  if (machine.cpl !== 0) machine.ss = SELECTOR.null;
  machine.cs = SELECTOR.kernelCode;
  machine.cpl = 0;
  machine.flags &= ~CLEARED;
  machine.ripLow = gate.low;
  machine.ripHigh = gate.high;
  machine.endbranchDue = machine.ibt;
  return true;
}

/** Delivers a vector; faults on the way become a second, a double, a triple fault (§6.15). */
function deliver(machine: Machine, vector: number, errorCode: number): void {
  let current = vector;
  let code = errorCode;
  machine.fault = NONE;
  while (!enter(machine, current, code)) {
    if (machine.fault === VECTOR.pageFault) loadCr2(machine);
    const next = combine(current, machine.fault);
    code = next === VECTOR.doubleFault ? 0 : machine.faultErrorCode;
    machine.fault = NONE;
    if (next === NONE) {
      machine.shutdown = true;
      return;
    }
    current = next;
  }
  machine.lastVector = current;
  machine.onDelivery?.(current, code);
}

function loadCr2(machine: Machine): void {
  machine.cr2Low = machine.faultLow;
  machine.cr2High = machine.faultHigh;
}

/** Delivers the exception that the instruction under way has raised. */
export function deliverFault(machine: Machine): void {
  if (machine.fault === VECTOR.pageFault) loadCr2(machine);
  deliver(machine, machine.fault, machine.faultErrorCode);
}

/**
 * Delivers what waits at the boundary between two instructions: NMIs first, then interrupts when IF is set (§6.9).
 * @returns the vector delivered; NONE: none
 */
export function deliverPending(machine: Machine): number {
  if (machine.pendingNmi && !machine.nmiBlocked) {
    machine.pendingNmi = false;
    machine.nmiBlocked = true;
    deliver(machine, VECTOR.nmi, NONE);
    return VECTOR.nmi;
  }
  const vector = machine.pendingInterrupt;
  if (vector === NONE || (machine.flags & FLAG.interrupts) === 0) return NONE;
  machine.pendingInterrupt = NONE;
  deliver(machine, vector, NONE);
  return vector;
}
