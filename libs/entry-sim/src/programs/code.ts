// The code of a crossing machine: which listing lies where, and which gate leads to which.
import { link, type Linked, type Section } from '../assembler/link.js';
import { halves } from '../machine/address.js';
import { VECTOR } from '../machine/faults.js';
import { INSTRUCTION_BYTES } from '../machine/instruction.js';
import type { Machine } from '../machine/machine.js';
import { PAGE_BYTES } from '../machine/memory.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { hookText, type HookText } from './hook-text.js';
import { kernelOf } from './kernels.js';
import { body, interruptEntry, nmiEntry, openBody, wayOut } from './kernel-path.js';
import { AT, MAGIC, PER_CPU, STACK_TOP, VERW_SELECTOR_OFFSET } from './memory-map.js';
import { SERVICES } from './services.js';
import { userProgram } from './user-programs.js';

/** Replaces parts of the code, to show what a change of it would do. */
export interface CodeChanges {
  readonly hook?: HookText;
  /** The NMI handler touches lazily mapped kernel memory: a page fault from kernel mode. */
  readonly nmiFaults?: boolean;
  /** The NMI has no stack of its own. */
  readonly nmiWithoutIst?: boolean;
}

/** Numbers of the IST stacks, as Linux gives them. */
export const DOUBLE_FAULT_IST = 1;
export const NMI_IST = 2;

/** What the entry code calls; and kernel code that faults, for faults from kernel mode. */
const kernelWork = (nmiFaults: boolean): string => `exc_page_fault:
  service $service_pageFault
  ret
timer:
  service $service_timer
  ret
nmi:
${nmiFaults ? '  movb $0x1,lazy\n' : ''}  service $service_nmi
  ret
kernel_touch:
  movb $0x1,lazy
kernel_touched:
  service $service_done
`;

function sectionsOf(settings: CrossingSettings, hook: HookText, changes: CodeChanges): Section[] {
  const entry = `${hook.entry}${openBody(settings)}${body(settings, 'exc_page_fault')}`;
  const endbranch = settings.ibt ? '  endbr64\n' : '';
  const panics = ['asm_double_fault', 'asm_protection', 'asm_stack_segment', 'asm_undefined', 'asm_control_protection'];
  return [
    { address: AT.userCode, listing: userProgram(settings) },
    { address: AT.entryText, listing: entry },
    // Way out and exit stamp behind each other, as in the kernel.
    { address: AT.entryText + 0x800n, listing: wayOut(settings) + hook.exit },
    { address: AT.exceptionText, listing: interruptEntry(settings) },
    { address: AT.exceptionText + 0x600n, listing: nmiEntry(settings) },
    {
      address: AT.exceptionText + 0xf00n,
      listing: panics.map((name) => `${name}:\n${endbranch}  service $service_panic\n`).join(''),
    },
    { address: AT.kernelText, listing: kernelWork(changes.nmiFaults ?? false) },
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
  gate(VECTOR.doubleFault, 'asm_double_fault', DOUBLE_FAULT_IST);
  gate(VECTOR.nmi, 'asm_nmi', nmiIst);
  gate(VECTOR.timer, 'asm_timer', 0);
  gate(VECTOR.generalProtection, 'asm_protection', 0);
  gate(VECTOR.stackSegment, 'asm_stack_segment', 0);
  gate(VECTOR.undefinedInstruction, 'asm_undefined', 0);
  gate(VECTOR.controlProtection, 'asm_control_protection', 0);
}

/**
 * Assembles the code, loads it, and points the IDT's gates at it.
 * @param frames physical addresses of the pages that hold code, by their addresses
 * @throws ListingError when a listing cannot be executed
 */
export function loadCode(
  machine: Machine,
  frames: ReadonlyMap<bigint, number>,
  settings: CrossingSettings,
  changes: CodeChanges,
): Linked {
  const hook = changes.hook ?? hookText(settings);
  const { symbol, offset } = kernelOf(settings.program).stackTop;
  const linked = link(sectionsOf(settings, hook, changes), {
    ...Object.fromEntries(Object.entries(SERVICES).map(([name, index]) => [`service_${name}`, BigInt(index)])),
    ...PER_CPU,
    [symbol]: STACK_TOP - BigInt(offset),
    magic: BigInt(MAGIC),
    lazy: AT.lazy,
    x86_verw_sel: AT.entryText + VERW_SELECTOR_OFFSET,
  });
  load(machine, linked, frames);
  setGates(machine, linked, firstLabel(hook.entry), changes.nmiWithoutIst === true ? 0 : NMI_IST);
  return linked;
}
