// Runs one fault from a given state to its end and says what it changed that it had no right to change.
import { VECTOR } from '../machine/faults.js';
import { INSTRUCTION_BYTES } from '../machine/instruction.js';
import type { Machine } from '../machine/machine.js';
import { step } from '../machine/run.js';
import { REGISTERS, RSP } from '../machine/registers.js';
import type { CrossingMachine } from '../programs/build.js';
import { isOrigin } from '../programs/origin.js';
import { AT, PER_CPU, STAMPS, USER_SLOTS } from '../programs/memory-map.js';
import type { FaultPlan } from './random-start.js';

/** Longest fault, events included; a machine that needs more is running in circles. */
const MOST_STEPS = 1_000;
/** Bytes at the top of the entry stack that the entry code uses for its pushes. */
const ENTRY_STACK_USE = 512;
/** Bytes below RSP that a fault from kernel mode may use on the stack that it came on. */
const KERNEL_STACK_USE = 768;
const bothHalves = (name: string): string[] => [`${name} (low)`, `${name} (high)`];
/** Names of what `visibleState` holds. */
const STATE_NAMES = [
  ...REGISTERS.flatMap(bothHalves),
  ...[0, 1, 2, 3].map((part) => `xmm0 (part ${part})`),
  'flags', 'cs', 'ss',
  ...['cr3', 'gs base', 'kernel gs base'].flatMap(bothHalves),
]; // prettier-ignore

/** Memory as it was; ranges that may change are brought up to date before it is compared. */
export class MemoryImage {
  readonly #words: Int32Array;
  readonly #expected: Int32Array;

  constructor({ machine }: CrossingMachine) {
    this.#words = new Int32Array(machine.memory.bytes.buffer);
    this.#expected = this.#words.slice();
  }

  /** Takes everything as it is now. */
  retake(): void {
    this.#expected.set(this.#words);
  }

  allow(from: number, bytes: number): void {
    const first = from >> 2;
    const last = (from + bytes + 3) >> 2;
    this.#expected.set(this.#words.subarray(first, last), first);
  }

  /** Physical address of the first word that changed without leave; −1: none. */
  firstChange(): number {
    const words = this.#words;
    const expected = this.#expected;
    if (Buffer.compare(Buffer.from(words.buffer), Buffer.from(expected.buffer)) === 0) return -1;
    for (let index = 0; index < words.length; index += 1) if (words[index] !== expected[index]) return index * 4;
    return -1;
  }
}

interface Stamps {
  readonly entry: bigint;
  readonly exit: bigint;
  readonly exits: bigint;
  readonly armed: number;
}

function stampsOf({ machine, state }: CrossingMachine): Stamps {
  const { view } = machine.memory;
  const at = (offset: bigint): number => state.frames.entryStack + Number(offset);
  return {
    entry: view.getBigUint64(at(STAMPS.entry), true),
    exit: view.getBigUint64(at(STAMPS.exit), true),
    exits: view.getBigUint64(at(STAMPS.exits), true),
    armed: view.getUint32(at(STAMPS.armed), true),
  };
}

const tsc = ({ machine }: CrossingMachine): bigint =>
  BigInt(machine.tscStart) + BigInt(machine.retired * machine.tscStep);

/** The hook's own slots: what must have been stamped, and what must not. */
function stampFaults(plan: FaultPlan, before: Stamps, after: Stamps, since: bigint, now: bigint): string[] {
  if (plan.mode === 'kernel') {
    // A device's interrupt that comes in kernel mode returns there: no exit to user mode, no stamp.
    const isSame = before.entry === after.entry && before.exit === after.exit && before.exits === after.exits;
    return isSame && before.armed === after.armed ? [] : ['a fault from kernel mode touched the stamps'];
  }
  const faults: string[] = [];
  const isNow = (stamp: bigint): boolean => stamp >= since && stamp <= now;
  if (!isNow(after.entry)) faults.push('no entry stamp was taken');
  const exits = BigInt.asUintN(64, after.exits - before.exits);
  if (exits < 1n || exits > 2n) faults.push(`${exits} exits were counted`);
  if (plan.isMarked || plan.wasArmed) {
    if (!isNow(after.exit)) faults.push('no exit stamp was taken, though armed');
    if (after.armed !== 0) faults.push('the exit is still armed');
  } else if (after.exit !== before.exit) faults.push('an exit stamp was taken, though not armed');
  return faults;
}

/** Where this fault may write: its stacks below what was in use, the stamps, the page that was missing. */
function allowOwnMemory(crossing: CrossingMachine, image: MemoryImage, plan: FaultPlan, rspAtStart: number): void {
  const { state, settings, kernel } = crossing;
  const frameOf = (address: bigint): number =>
    kernel.frameAt(kernel.find(Number(address >> 32n) | 0, Number(address & 0xffff_f000n) | 0));
  if (plan.nmiAtStep >= 0) image.allow(frameOf(AT.nmiStack), 4096);
  if (plan.mode === 'kernel') {
    image.allow(state.frames.lazy, 4);
    const bottom = rspAtStart - KERNEL_STACK_USE;
    image.allow(frameOf(AT.taskStack) + bottom, KERNEL_STACK_USE);
    return;
  }
  const stampsElsewhere = isOrigin(settings.program);
  image.allow(state.frames.entryStack + 4096 - ENTRY_STACK_USE, ENTRY_STACK_USE);
  if (!stampsElsewhere) image.allow(state.frames.entryStack, Number(STAMPS.end));
  image.allow(frameOf(AT.taskStack + 0x3000n) + 4096 - ENTRY_STACK_USE, ENTRY_STACK_USE);
  image.allow(state.frames.range[0] ?? 0, 4);
  image.allow(state.frames.lazy, 4);
  if (!stampsElsewhere) return;
  image.allow(state.frames.perCpu + Number(PER_CPU.originStamp), 8);
  if (plan.isMarked) image.allow(state.frames.userStack + (rspAtStart & 0xfff) + USER_SLOTS.exitStamp, 8);
}

/** Everything that user mode can see of the CPU, as numbers; CR2 is not there to be kept. */
function visibleState(machine: Machine): Int32Array {
  const state = new Int32Array(STATE_NAMES.length);
  state.set(machine.registers);
  state.set(machine.xmm0, 32);
  const { flags, cs, ss, cr3Low, cr3High, gsBaseLow, gsBaseHigh, kernelGsBaseLow, kernelGsBaseHigh } = machine;
  state.set([flags, cs, ss, cr3Low, cr3High, gsBaseLow, gsBaseHigh, kernelGsBaseLow, kernelGsBaseHigh], 36);
  return state;
}

function registerChanges(machine: Machine, before: Int32Array): string[] {
  const after = visibleState(machine);
  const text = (value: number | undefined): string => ((value ?? 0) >>> 0).toString(16);
  return STATE_NAMES.flatMap((name, index) =>
    after[index] === before[index] ? [] : [`${name} was ${text(before[index])}, is ${text(after[index])}`],
  );
}

/** Runs to the instruction behind the faulting one, which is repeated on the way: only it leads there. */
function runFault(crossing: CrossingMachine, plan: FaultPlan): boolean {
  const { machine } = crossing;
  const end = machine.ripLow + INSTRUCTION_BYTES;
  const { cpl } = machine;
  for (let count = 0; count < MOST_STEPS; count += 1) {
    if (count === plan.nmiAtStep) machine.pendingNmi = true;
    if (count === plan.interruptAtStep) machine.pendingInterrupt = VECTOR.timer;
    step(machine);
    if (machine.halted !== '' || machine.shutdown) return false;
    if (machine.ripLow === end && machine.cpl === cpl) return true;
  }
  return false;
}

/**
 * @param crossing right before the faulting instruction, as `randomStart` puts it
 * @param image memory as it is now; is brought up to date where the fault may write
 * @returns what is wrong; empty: the fault left everything as it was
 */
export function checkFault(crossing: CrossingMachine, image: MemoryImage, plan: FaultPlan): string[] {
  const { machine, settings } = crossing;
  const before = visibleState(machine);
  const stamps = stampsOf(crossing);
  const since = tsc(crossing);
  const rspAtStart =
    (machine.registers[2 * RSP] ?? 0) - (plan.mode === 'kernel' ? Number(AT.taskStack & 0xffff_ffffn) : 0);
  image.retake();
  if (!runFault(crossing, plan)) {
    const reason = machine.shutdown ? 'shutdown' : machine.halted || `no end within ${MOST_STEPS} steps`;
    return [`the machine did not come back: ${reason}`];
  }
  const faults = registerChanges(machine, before);
  if (!isOrigin(settings.program)) faults.push(...stampFaults(plan, stamps, stampsOf(crossing), since, tsc(crossing)));
  allowOwnMemory(crossing, image, plan, rspAtStart);
  const changed = image.firstChange();
  if (changed >= 0) faults.push(`memory changed at physical ${changed.toString(16)}`);
  return faults;
}
