// A machine with Linux's memory map, a user program, and the entry code of one mechanism, ready to cross.
import { link, type Linked } from '../assembler/link.js';
import { halves } from '../machine/address.js';
import { VECTOR } from '../machine/faults.js';
import { INSTRUCTION_BYTES } from '../machine/instruction.js';
import { Machine } from '../machine/machine.js';
import { AddressSpace, PAGE, PAGE_BYTES, PhysicalMemory } from '../machine/memory.js';
import { SELECTOR } from '../machine/selectors.js';
import type { CrossingSettings } from '../trace/crossing-trace.js';
import { hookText, type HookText } from './hook-text.js';
import { body, interruptEntry, nmiEntry, openBody, wayOut } from './kernel-path.js';
import { AT, KERNEL_CR3, MAGIC, PER_CPU, TASK_STACK_PAGES, USER_CR3_BIT, VERW_SELECTOR_OFFSET } from './memory-map.js';
import { SERVICES, servicesOf, type Sample, type ServiceState } from './services.js';
import { userProgram } from './user-programs.js';

/** Pages that the user program may touch, at most. */
export const MOST_RANGE_PAGES = 64;
/** Frames of everything but the touched pages; one more than needed would do no harm. */
const OTHER_FRAMES = 24;
const { present, writable, user, noExecute } = PAGE;

export interface CrossingMachine {
  readonly machine: Machine;
  readonly settings: CrossingSettings;
  readonly linked: Linked;
  readonly kernel: AddressSpace;
  /** The same as `kernel` without KPTI. */
  readonly user: AddressSpace;
  readonly state: ServiceState;
  readonly samples: readonly Sample[];
}

/** Replaces parts of the code, to show what a change of it would do. */
export interface Changes {
  readonly hook?: HookText;
  /** The user program's listing. */
  readonly user?: string;
  /** The NMI handler touches lazily mapped kernel memory: a page fault from kernel mode. */
  readonly nmiFaults?: boolean;
  /** The NMI has no stack of its own. */
  readonly nmiWithoutIst?: boolean;
  /** Pages that the program may touch, 1 to MOST_RANGE_PAGES (the default). */
  readonly rangePages?: number;
}

interface Maps {
  readonly memory: PhysicalMemory;
  readonly kernel: AddressSpace;
  readonly user: AddressSpace;
}

/** Maps a fresh frame for the kernel; for `shared` under the user's page tables too. */
function mapPage({ memory, kernel, user: users }: Maps, address: bigint, bits: number, shared: boolean): number {
  const frame = memory.allocate();
  const { high, low } = halves(address);
  kernel.map(high, low, frame, bits);
  if (shared) users.map(high, low, frame, bits);
  return frame;
}

function sectionsOf(settings: CrossingSettings, hook: HookText, changes: Changes) {
  const entry = `${hook.entry}${openBody(settings)}${body(settings, 'exc_page_fault')}`;
  const endbranch = settings.ibt ? '  endbr64\n' : '';
  const panics = ['asm_double_fault', 'asm_protection', 'asm_stack_segment', 'asm_undefined', 'asm_control_protection'];
  const work = `exc_page_fault:\n  service $service_pageFault\n  ret\ntimer:\n  service $service_timer\n  ret\nnmi:\n${
    changes.nmiFaults === true ? '  movb $0x1,lazy\n' : ''
  }  service $service_nmi\n  ret\nkernel_touch:\n  movb $0x1,lazy\nkernel_touched:\n  service $service_done\n`;
  return [
    { address: AT.userCode, listing: changes.user ?? userProgram(settings) },
    { address: AT.entryText, listing: entry },
    // Way out and exit stamp behind each other, as in the kernel.
    { address: AT.entryText + 0x800n, listing: wayOut(settings) + hook.exit },
    { address: AT.exceptionText, listing: interruptEntry(settings) },
    { address: AT.exceptionText + 0x600n, listing: nmiEntry(settings) },
    {
      address: AT.exceptionText + 0xf00n,
      listing: panics.map((name) => `${name}:\n${endbranch}  service $service_panic\n`).join(''),
    },
    { address: AT.kernelText, listing: work },
  ];
}

const firstLabel = (listing: string): string => /^\s*(\w+):/.exec(listing)?.[1] ?? '';

/** Puts the decoded instructions where the machine fetches them. */
function load(machine: Machine, linked: Linked, frames: ReadonlyMap<bigint, number>): void {
  for (const { address, instructions } of linked.sections) {
    const page = address & ~0xfffn;
    const frame = frames.get(page);
    const from = Number(address - page);
    if (frame === undefined || from + instructions.length * INSTRUCTION_BYTES > PAGE_BYTES)
      throw new RangeError(`the code at ${address.toString(16)} does not fit its page`);
    instructions.forEach((instruction, index) => {
      const at = (frame + from) / INSTRUCTION_BYTES + index;
      if (machine.code[at] !== undefined) throw new RangeError(`code upon code at ${address.toString(16)}`);
      machine.code[at] = instruction;
    });
  }
}

function setGates(machine: Machine, { symbols }: Linked, pageFaultEntry: string, nmiIst: number): void {
  const gate = (vector: number, symbol: string, ist: number): void => {
    machine.gates.set(vector, { ...halves(symbols.get(symbol) ?? 0n), ist });
  };
  gate(VECTOR.pageFault, pageFaultEntry, 0);
  gate(VECTOR.doubleFault, 'asm_double_fault', 1);
  gate(VECTOR.nmi, 'asm_nmi', nmiIst);
  gate(VECTOR.timer, 'asm_timer', 0);
  gate(VECTOR.generalProtection, 'asm_protection', 0);
  gate(VECTOR.stackSegment, 'asm_stack_segment', 0);
  gate(VECTOR.undefinedInstruction, 'asm_undefined', 0);
  gate(VECTOR.controlProtection, 'asm_control_protection', 0);
}

function setWord({ memory }: Machine, at: number, value: bigint): void {
  memory.view.setBigUint64(at, BigInt.asUintN(64, value), true);
}

/**
 * Builds the machine. It stands in user mode at the program's start once `startCrossing` was called.
 * @throws ListingError when a listing cannot be executed
 */
export function buildCrossing(settings: CrossingSettings, changes: Changes = {}): CrossingMachine {
  const rangePages = changes.rangePages ?? MOST_RANGE_PAGES;
  const memory = new PhysicalMemory(OTHER_FRAMES + rangePages);
  const kernel = new AddressSpace('kernel');
  const users = settings.kpti ? new AddressSpace('user') : kernel;
  const maps = { memory, kernel, user: users };
  // Under KPTI the kernel's page tables hold user memory without the right to execute it.
  const userCode = mapPage(maps, AT.userCode, present | user | (settings.kpti ? noExecute : 0), false);
  if (settings.kpti) users.map(halves(AT.userCode).high, halves(AT.userCode).low, userCode, present | user);
  const userStackFrame = mapPage(maps, AT.userStack, present | writable | user | noExecute, true);
  mapPage(maps, AT.idt, present | noExecute, true);
  mapPage(maps, AT.gdt, present | noExecute, true);
  const data = present | writable | noExecute;
  const entryStackFrame = mapPage(maps, AT.entryStack, data, true);
  mapPage(maps, AT.doubleFaultStack, data, true);
  mapPage(maps, AT.nmiStack, data, true);
  for (let page = 0; page < TASK_STACK_PAGES; page += 1)
    mapPage(maps, AT.taskStack + BigInt(page * PAGE_BYTES), data, false);
  const perCpuFrame = mapPage(maps, AT.perCpu, data, false);
  const tssFrame = mapPage(maps, AT.perCpu + PER_CPU.cpu_tss_rw, data, true);
  const tss = halves(AT.tss);
  for (const space of [kernel, users]) space.map(tss.high, tss.low, tssFrame, present | noExecute);
  const entryText = mapPage(maps, AT.entryText, present, true);
  const exceptionText = mapPage(maps, AT.exceptionText, present, true);
  const kernelText = mapPage(maps, AT.kernelText, present, false);

  const machine = new Machine(memory, users);
  const hook = changes.hook ?? hookText(settings);
  const linked = link(sectionsOf(settings, hook, changes), {
    ...Object.fromEntries(Object.entries(SERVICES).map(([name, index]) => [`service_${name}`, BigInt(index)])),
    ...PER_CPU,
    magic: BigInt(MAGIC),
    lazy: AT.lazy,
    x86_verw_sel: AT.entryText + VERW_SELECTOR_OFFSET,
  });
  load(
    machine,
    linked,
    new Map([
      [AT.userCode, userCode],
      [AT.entryText, entryText],
      [AT.exceptionText, exceptionText],
      [AT.kernelText, kernelText],
    ]),
  );
  setGates(machine, linked, firstLabel(hook.entry), changes.nmiWithoutIst === true ? 0 : 2);
  setWord(machine, tssFrame + 4, AT.entryStack + BigInt(PAGE_BYTES));
  setWord(machine, tssFrame + 36, AT.doubleFaultStack + BigInt(PAGE_BYTES));
  setWord(machine, tssFrame + 44, AT.nmiStack + BigInt(PAGE_BYTES));
  setWord(machine, perCpuFrame + Number(PER_CPU.stackTop), AT.taskStack + BigInt(TASK_STACK_PAGES * PAGE_BYTES));
  memory.view.setUint16(entryText + Number(VERW_SELECTOR_OFFSET), SELECTOR.kernelData, true);
  machine.smap = settings.smap;
  machine.ibt = settings.ibt;
  ({ high: machine.idtHigh, low: machine.idtLow } = halves(AT.idt));
  ({ high: machine.tssHigh, low: machine.tssLow } = tss);
  machine.spaces.set(Number(KERNEL_CR3), kernel);
  machine.spaces.set(Number(KERNEL_CR3 | USER_CR3_BIT), users);
  const state: ServiceState = {
    settings, kernel, user: users, entryStackFrame, perCpuFrame, userStackFrame,
    rangeFrames: Array.from({ length: rangePages }, () => memory.allocate()),
    lazyFrame: memory.allocate(),
    samples: [],
    exitsAtArming: -1,
  }; // prettier-ignore
  machine.services.push(...servicesOf(state));
  return { machine, settings, linked, kernel, user: users, state, samples: state.samples };
}
