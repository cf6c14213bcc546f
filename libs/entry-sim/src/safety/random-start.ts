// A random state in which a page fault may come: registers, flags, GS, stack contents, stamps, what is pending, from which mode.
import { halves } from '../machine/address.js';
import { FLAG, REGISTERS, RSP, USER_FLAGS } from '../machine/registers.js';
import { SELECTOR } from '../machine/selectors.js';
import type { Random } from '../noise/random.js';
import type { CrossingMachine } from '../programs/build.js';
import { isOrigin } from '../programs/origin.js';
import { AT, KERNEL_CR3, MARK, STAMPS, TASK_STACK_PAGES } from '../programs/memory-map.js';
import { startCrossing } from '../programs/start.js';

export interface FaultPlan {
  readonly mode: 'user' | 'kernel';
  /** r12 carries the mark; only from user mode. */
  readonly isMarked: boolean;
  readonly wasArmed: boolean;
  /** An NMI comes before this step of the machine; −1: none. */
  readonly nmiAtStep: number;
  readonly interruptAtStep: number;
}

/** A crossing takes about 130 steps; later events would not come at all. */
const LAST_EVENT_STEP = 120;
/** The TSC stays exact in a double. */
const MOST_TSC = 2 ** 50;

const pick = (random: Random, below: number): number => random.uint32() % below;
const word = (random: Random): bigint => (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());

function scramble({ machine, state }: CrossingMachine, random: Random): void {
  const { view } = machine.memory;
  for (let offset = 0; offset < 64; offset += 4) {
    view.setUint32(state.frames.entryStack + offset, random.uint32(), true); // the stamps and what follows
    view.setUint32(state.frames.entryStack + 4096 - 64 + offset, random.uint32(), true); // where the frame will be pushed
  }
  for (let register = 0; register < 32; register += 1) machine.registers[register] = random.uint32();
  for (let part = 0; part < 4; part += 1) machine.xmm0[part] = random.uint32();
  machine.flags = FLAG.fixed | (random.uint32() & USER_FLAGS);
  machine.tscStart = Math.floor(random.uniform() * MOST_TSC);
}

function setRegister({ machine }: CrossingMachine, index: number, value: bigint): void {
  const { high, low } = halves(value);
  machine.registers[2 * index] = low;
  machine.registers[2 * index + 1] = high;
}

function setRip({ machine, linked }: CrossingMachine, symbol: string): void {
  const address = linked.symbols.get(symbol);
  if (address === undefined) throw new RangeError(`no symbol ${symbol}`);
  ({ high: machine.ripHigh, low: machine.ripLow } = halves(address));
}

function fromUser(crossing: CrossingMachine, random: Random, isMarked: boolean): void {
  const { machine, settings } = crossing;
  const flags = machine.flags | FLAG.interrupts;
  const rsp = AT.userStack + 0x100n + BigInt(8 * pick(random, 0x1c0));
  const userGsBase = word(random) & 0x7fff_ffff_f000n;
  startCrossing(crossing, { pages: 1, flags, userGsBase, registers: { rsp } });
  // The origin's mark lies on the stack, ours in a register.
  if (!isMarked) setRegister(crossing, REGISTERS.indexOf('r12'), word(random));
  else setRegister(crossing, REGISTERS.indexOf('r12'), MARK);
  const slots = crossing.state.frames.userStack + (Number(rsp) & 0xfff);
  machine.memory.view.setUint32(
    slots,
    isOrigin(settings.program) && isMarked ? Number(MARK & 0xffff_ffffn) : random.uint32(),
    true,
  );
  setRip(crossing, 'xperf_marked_fault');
}

function fromKernel(crossing: CrossingMachine, random: Random): void {
  const { machine, kernel } = crossing;
  const flags = machine.flags & ~FLAG.access;
  startCrossing(crossing, { pages: 1, flags });
  machine.flags = flags | (random.uint32() & FLAG.interrupts);
  const { high, low } = halves(KERNEL_CR3);
  machine.cr3High = high;
  machine.cr3Low = low;
  machine.space = kernel;
  machine.cpl = 0;
  machine.cs = SELECTOR.kernelCode;
  machine.ss = SELECTOR.kernelData;
  [machine.gsBaseHigh, machine.kernelGsBaseHigh] = [machine.kernelGsBaseHigh, machine.gsBaseHigh];
  [machine.gsBaseLow, machine.kernelGsBaseLow] = [machine.kernelGsBaseLow, machine.gsBaseLow];
  for (let index = 0; index < 16; index += 1) if (index !== RSP) setRegister(crossing, index, word(random));
  // Anywhere on the task's stack, with room for the handler.
  const room = TASK_STACK_PAGES * 4096 - 1024;
  setRegister(crossing, RSP, AT.taskStack + 1024n + BigInt(8 * pick(random, room / 8)));
  setRip(crossing, 'kernel_touch');
}

/** Puts the machine right before the instruction that faults. */
export function randomStart(crossing: CrossingMachine, random: Random): FaultPlan {
  const mode = pick(random, 4) === 0 ? 'kernel' : 'user';
  const isMarked = mode === 'user' && pick(random, 4) !== 0;
  const wasArmed = pick(random, 2) === 0;
  scramble(crossing, random);
  const { state, machine } = crossing;
  machine.memory.view.setUint32(state.frames.entryStack + Number(STAMPS.armed), wasArmed ? 1 : 0, true);
  if (mode === 'user') fromUser(crossing, random, isMarked);
  else fromKernel(crossing, random);
  return {
    mode,
    isMarked,
    wasArmed,
    nmiAtStep: pick(random, 4) === 0 ? pick(random, LAST_EVENT_STEP) : -1,
    interruptAtStep: pick(random, 8) === 0 ? pick(random, LAST_EVENT_STEP) : -1,
  };
}
