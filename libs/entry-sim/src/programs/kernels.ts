// The kernel behind each program: what differs from one to the next, declared once.
import { SimulationRefused } from '../simulation-refused.js';
import { PROGRAM_NAMES, type ProgramName } from '../trace/crossing-trace.js';
import type { HOOK_LISTINGS } from './listings/built.js';

export interface ProgramKernel {
  /** Our hook as built, or the origin's mechanism (origin.ts) under the symbol that faults enter by. */
  readonly stamps: { readonly hook: keyof typeof HOOK_LISTINGS } | { readonly originAt: string };
  /** When the way back to user mode leads over the entry stack (arch/x86/entry/entry_64.S). */
  readonly leavesByEntryStack: 'always' | 'with-kpti';
}

const KERNELS: Readonly<Record<ProgramName, ProgramKernel>> = {
  'hook-6.1': { stamps: { hook: '6.1' }, leavesByEntryStack: 'always' },
  'hook-6.12': { stamps: { hook: '6.12' }, leavesByEntryStack: 'with-kpti' },
  origin: { stamps: { originAt: 'page_fault' }, leavesByEntryStack: 'always' },
  'origin-guest': { stamps: { originAt: 'async_page_fault' }, leavesByEntryStack: 'always' },
};

/** @throws SimulationRefused for a name that is not in PROGRAM_NAMES: no kernel stands in for another one. */
export function kernelOf(program: ProgramName): ProgramKernel {
  if (Object.hasOwn(KERNELS, program)) return KERNELS[program];
  throw new SimulationRefused(
    'program',
    `"${String(program)}" has no entry code here`,
    `choose one of: ${PROGRAM_NAMES.join(', ')}`,
  );
}
