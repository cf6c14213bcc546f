import type { CpuId } from '#cpu-catalog';
import type { CostTable } from '../costs/microarchitectures.js';
import type { Paging } from '../costs/paging.js';
import type { ProgramName } from './crossing-trace.js';

/** A simulated host: everything that the crossing's cost depends on is an explicit input. */
export interface SimulatedMachine {
  /** The key under which it is named, for example `haswell-ep-vm`. */
  name: string;
  cpu: CpuId & { name: string };
  costs: CostTable;
  /** The TSC ticks at this rate (the base clock on these CPUs), whatever the core does. */
  tscMhz: number;
  /** Clock of the measuring core: the maximum turbo of one busy core, unless the profile says otherwise. */
  coreMhz: number;
  /** The TSC advances in steps of this many cycles. */
  tscStep: number;
  /** Which hook takes the kernel's stamps. */
  program: ProgramName;
  kernelRelease: string;
  kernelCommandLine: string;
  kpti: boolean;
  /** Whether `verw` stands between the exit stamp and iretq (buffer-clearing mitigations). */
  verw: boolean;
  paging: Paging;
  cpus: number;
}
