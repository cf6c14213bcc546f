import { z } from 'zod';

/**
 * What a run measures.
 * - `pf`: a marked page fault on a patched kernel (or the simulator); yields both directions, u2k and k2u.
 * - `pf_rt`: round trip of a minor page fault on any kernel, seen from user space.
 * - `syscall_rt`: round trip of an empty system call on any kernel.
 */
export const probeSchema = z.enum(['pf', 'pf_rt', 'syscall_rt']);
export type Probe = z.infer<typeof probeSchema>;

/** What one column of samples counts, always in TSC cycles. A round trip is never mixed with u2k or k2u. */
export const metricSchema = z.enum(['u2k', 'k2u', 'pf_rt', 'syscall_rt']);
export type Metric = z.infer<typeof metricSchema>;

const metricsOf: Record<Probe, readonly Metric[]> = {
  pf: ['u2k', 'k2u'],
  pf_rt: ['pf_rt'],
  syscall_rt: ['syscall_rt'],
};

/** The metrics that a probe yields, in column order. */
export function metricsOfProbe(probe: Probe): readonly Metric[] {
  return metricsOf[probe];
}

const printersOf: Record<Probe, 'kernel' | 'xperf'> = { pf: 'kernel', pf_rt: 'xperf', syscall_rt: 'xperf' };

/** Who prints a probe's lines: the hook into the kernel log, or xperf itself on its standard output. */
export function printerOfProbe(probe: Probe): 'kernel' | 'xperf' {
  return printersOf[probe];
}

/**
 * Where a figure comes from (docs/provenance.md). Figures of different provenance are never pooled or compared.
 * - `measured`: a CPU ran the instructions, and there is positive evidence of it.
 * - `emulated`: an emulator ran them and says so.
 * - `simulated`: our own cost model computed it.
 * - `unknown`: there is no evidence either way.
 */
export const provenanceSchema = z.enum(['measured', 'emulated', 'simulated', 'unknown']);
export type Provenance = z.infer<typeof provenanceSchema>;

/** How a worker executes a run. `vm` and `patched-host` are served only by workers that announce them. */
export const executorSchema = z.enum(['simulator', 'stock-host', 'vm', 'patched-host']);
export type ExecutorName = z.infer<typeof executorSchema>;

/** What runs on a machine is measured or emulated, or it can't be told which; never simulated. */
const onMachines = ['measured', 'emulated', 'unknown'] as const;
const provenancesByExecutor: Record<ExecutorName, readonly Provenance[]> = {
  simulator: ['simulated'],
  'stock-host': onMachines,
  vm: onMachines,
  'patched-host': onMachines,
};

/** What an executor's figures can be. The database holds to the same rule (provenance_fits, and the trigger on starts). */
export function provenancesOf(executor: ExecutorName): readonly Provenance[] {
  return provenancesByExecutor[executor];
}

export function provenanceFits(executor: ExecutorName, provenance: Provenance): boolean {
  return provenancesByExecutor[executor].includes(provenance);
}

/** What a run may be said to be: measured only with the evidence for it, else what it was said to be. */
export function evidenced(said: Provenance, evidence: object | undefined): Provenance {
  return said === 'measured' && evidence === undefined ? 'unknown' : said;
}
