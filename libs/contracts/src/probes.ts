import { z } from 'zod';

/**
 * What a run measures.
 * - `pf`: a marked page fault on a patched kernel (or the simulator); yields both directions, u2k and k2u.
 * - `pf_rt`: round trip of a minor page fault on a stock kernel, seen from user space.
 * - `syscall_rt`: round trip of an empty system call on a stock kernel.
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

/** Where a figure comes from. Figures of different provenance are never pooled or compared unlabelled. */
export const provenanceSchema = z.enum(['measured', 'emulated', 'simulated']);
export type Provenance = z.infer<typeof provenanceSchema>;

/** How a worker executes a run. `vm` and `patched-host` are served only by workers that announce them. */
export const executorSchema = z.enum(['simulator', 'stock-host', 'vm', 'patched-host']);
export type ExecutorName = z.infer<typeof executorSchema>;
