import * as z from 'zod';

/** What a run's provenance rests on: what the CPU that it was measured on said and showed of itself (docs/provenance.md). */
export const evidenceSchema = z.object({
  /** What CPUID names as hypervisor, for example `KVMKVMKVM`; empty when it names none, null when it was not asked. */
  signature: z.string().max(12).nullable(),
  /** Instruction to TSC cycles that one takes in a chain where each waits for the last. */
  cycles: z.record(z.string().max(16), z.number()),
  /** One sentence: why the figures count as what they do. */
  reason: z.string().max(300),
});
export type Evidence = z.infer<typeof evidenceSchema>;
