// The kernel behind each program: what differs from one to the next. Our hook's kernels are declared in kernel/series.
import { type KernelSeriesName, kernelSeries } from '#kernel-series';
import { SimulationRefused } from '../vocabulary/simulation-refused.js';
import { PROGRAM_NAMES, type ProgramName } from '../vocabulary/crossing-trace.js';

export interface ProgramKernel {
  /** Our hook as built, or the origin's mechanism (origin.ts) under the symbol that faults enter by. */
  readonly stamps: { readonly hook: KernelSeriesName } | { readonly originAt: string };
  /** When the way back to user mode leads over the entry stack (arch/x86/entry/entry_64.S). */
  readonly leavesByEntryStack: 'always' | 'with-kpti';
  /** Per-CPU variable, and place in it, with the top of the running task's kernel stack. */
  readonly stackTop: { readonly symbol: string; readonly offset: number };
}

/** Linux 4.19, which the origin's mechanism was made for. */
const ofOrigin = { leavesByEntryStack: 'always', stackTop: { symbol: 'cpu_current_top_of_stack', offset: 0 } } as const;

const KERNELS: ReadonlyMap<string, ProgramKernel> = new Map<ProgramName, ProgramKernel>([
  ...kernelSeries.map(
    ({ name, leavesByEntryStack, stackTop }) =>
      [`hook-${name}`, { stamps: { hook: name }, leavesByEntryStack, stackTop }] as const,
  ),
  ['origin', { stamps: { originAt: 'page_fault' }, ...ofOrigin }],
  ['origin-guest', { stamps: { originAt: 'async_page_fault' }, ...ofOrigin }],
]);

/** @throws SimulationRefused for a name that is not in PROGRAM_NAMES: no kernel stands in for another one. */
export function kernelOf(program: ProgramName): ProgramKernel {
  const kernel = KERNELS.get(program);
  if (kernel !== undefined) return kernel;
  throw new SimulationRefused(
    'program',
    `"${String(program)}" has no entry code here`,
    `choose one of: ${PROGRAM_NAMES.join(', ')}`,
  );
}
