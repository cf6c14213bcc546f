import { z } from 'zod';
import { failureSchema } from '../events/run-events.js';
import { virtualizationSchema } from '../boot-state.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../probes.js';

/** One host and metric of a job's result: quantiles of all its completed runs' samples together. */
export const jobResultRowSchema = z.object({
  hostId: hostIdSchema,
  generation: z.string(),
  virtualization: virtualizationSchema,
  executor: executorSchema,
  probe: probeSchema,
  metric: metricSchema,
  provenance: provenanceSchema,
  runs: z.int(),
  samples: z.int(),
  lost: z.int(),
  /** From merged histograms (relative error at most 1 %). */
  p5Cycles: z.number(),
  p99Cycles: z.number(),
  /** Median over runs of the runs' exact medians. */
  p50Cycles: z.number(),
  /** p50 by the TSC's rate; null when the rate is not known. */
  p50Ns: z.number().nullable(),
});
export type JobResultRow = z.infer<typeof jobResultRowSchema>;

/** Runs of a job that gave no result, grouped by host, probe and reason. */
export const jobFailureRowSchema = z.object({
  hostId: hostIdSchema,
  probe: probeSchema,
  executor: executorSchema,
  runs: z.int(),
  state: z.enum(['failed', 'abandoned']),
  failure: failureSchema.nullable(),
});

/** GET /v1/jobs/:id/results */
export const jobResultsSchema = z.object({
  jobId: uuidSchema,
  rows: z.array(jobResultRowSchema),
  failures: z.array(jobFailureRowSchema),
});
export type JobResults = z.infer<typeof jobResultsSchema>;
