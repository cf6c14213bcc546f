import { z } from 'zod';
import { failureSchema } from '../events/run-events.js';
import { virtualizationSchema } from '../boot-state.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../probes.js';

/**
 * One host and metric of a job's result. The run is the replicate: p5, p50 and p99 are medians over the completed runs
 * of each run's exact quantile, TSC cycles.
 */
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
  p5Cycles: z.number(),
  p50Cycles: z.number(),
  p99Cycles: z.number(),
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
