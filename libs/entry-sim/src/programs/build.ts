// A machine with Linux's memory map, a user program, and the entry code of one mechanism, ready to cross.
import type { Linked } from '../assembler/link.js';
import { halves } from '../machine/address.js';
import { TSS_IST1, TSS_SP0 } from '../machine/delivery.js';
import { Machine } from '../machine/machine.js';
import { PAGE_BYTES, type AddressSpace } from '../machine/memory.js';
import { SELECTOR } from '../machine/selectors.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { DOUBLE_FAULT_IST, loadCode, NMI_IST, type CodeChanges } from './code.js';
import { AT, KERNEL_CR3, STACK_TOP, TASK_STACK_PAGES, USER_CR3_BIT, VERW_SELECTOR_OFFSET } from './memory-map.js';
import { mapPages, type Pages } from './pages.js';
import { servicesOf, type Sample, type ServiceState } from './services.js';

/** Pages that the user program may touch, at most. */
export const MOST_RANGE_PAGES = 64;

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

export interface Changes extends CodeChanges {
  /** Pages that the program may touch, 1 to MOST_RANGE_PAGES (the default). */
  readonly rangePages?: number;
}

/** What the kernel has written at boot: stacks in the TSS, the task's stack, the selector that VERW reads. */
function fillTables({ memory, frames }: Pages): void {
  const endOf = (stack: bigint, pages = 1): bigint => stack + BigInt(pages * PAGE_BYTES);
  const ist = (number: number): number => frames.tss + TSS_IST1 + 8 * (number - 1);
  const { view } = memory;
  view.setBigUint64(frames.tss + TSS_SP0, endOf(AT.entryStack), true);
  view.setBigUint64(ist(DOUBLE_FAULT_IST), endOf(AT.doubleFaultStack), true);
  view.setBigUint64(ist(NMI_IST), endOf(AT.nmiStack), true);
  view.setBigUint64(frames.perCpu + Number(STACK_TOP), endOf(AT.taskStack, TASK_STACK_PAGES), true);
  view.setUint16(frames.entryText + Number(VERW_SELECTOR_OFFSET), SELECTOR.kernelData, true);
}

/**
 * Builds the machine. It stands in user mode at the program's start once `startCrossing` was called.
 * @throws ListingError when a listing cannot be executed
 */
export function buildCrossing(settings: CrossingSettings, changes: Changes = {}): CrossingMachine {
  const pages = mapPages(settings.kpti, changes.rangePages ?? MOST_RANGE_PAGES);
  const { memory, kernel, user, frames } = pages;
  fillTables(pages);
  const machine = new Machine(memory, user);
  machine.smap = settings.smap;
  machine.ibt = settings.ibt;
  ({ high: machine.idtHigh, low: machine.idtLow } = halves(AT.idt));
  ({ high: machine.tssHigh, low: machine.tssLow } = halves(AT.tss));
  machine.spaces.set(Number(KERNEL_CR3), kernel);
  machine.spaces.set(Number(KERNEL_CR3 | USER_CR3_BIT), user);
  const linked = loadCode(machine, pages.code, settings, changes);
  const state: ServiceState = { settings, kernel, user, frames, samples: [], exitsAtArming: -1 };
  machine.services.push(...servicesOf(state));
  return { machine, settings, linked, kernel, user, state, samples: state.samples };
}
