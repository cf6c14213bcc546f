import * as z from 'zod';
import { failureSchema } from '../events/run-events.js';
import { virtualizationSchema } from '../boot-state.js';
import { guestSchema, matrixDimensions } from '../guest.js';
import { comparisonSchema } from './compare.js';
import { noiseMarkSchema } from './noise-floor.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { noiseSchema } from '../noise.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';

/**
 * One host, boot state and metric of a job's result: cells of a matrix never share a row. The run is the replicate: p5, p50 and p99 are medians over the completed runs
 * of each run's exact quantile, TSC cycles.
 */
export const jobResultRowSchema = z.object({
  hostId: hostIdSchema,
  generation: z.string(),
  virtualization: virtualizationSchema,
  bootStateHash: z.string(),
  kernel: z.string(),
  kpti: z.boolean().nullable(),
  /** QEMU's CPU model and the guest's boot options; null for hosts that are no guests of ours, and without options. */
  cpuModel: z.string().nullable(),
  bootOptions: z.string().nullable(),
  executor: executorSchema,
  probe: probeSchema,
  metric: metricSchema,
  provenance: provenanceSchema,
  /** Whether anything on the machine was known to disturb these runs; null where nothing was asked, as in simulated ones. */
  noise: noiseSchema.nullable(),
  /** How much the host's runs of this measure scatter when nothing changes; null while that is not known. */
  noiseFloor: noiseMarkSchema.nullable().default(null),
  runs: z.int(),
  samples: z.int(),
  lost: z.int(),
  p5Cycles: z.number(),
  p50Cycles: z.number(),
  p99Cycles: z.number(),
  /** Step of its TSC as its samples show it; null of results that were computed before it was kept. */
  stepCycles: z.number().nullable().default(null),
  /** p50 by the TSC's rate; null when the rate is not known. */
  p50Ns: z.number().nullable(),
});
export type JobResultRow = z.infer<typeof jobResultRowSchema>;

/** Runs of a job that gave no result, grouped by host, cell of the matrix, probe and reason. */
export const jobFailureRowSchema = z.object({
  hostId: hostIdSchema,
  guest: guestSchema.nullable(),
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

/**
 * Two cells of a job's matrix that differ in one dimension only, compared as /v1/compare does with these selectors.
 * `a` has the dimension's first value.
 */
export const matrixComparisonSchema = z.object({
  dimension: z.enum(matrixDimensions),
  a: guestSchema,
  b: guestSchema,
  comparison: comparisonSchema,
});
export type MatrixComparison = z.infer<typeof matrixComparisonSchema>;

/** GET /v1/jobs/:id/comparisons; none for a job without a matrix. */
export const jobComparisonsSchema = z.object({ jobId: uuidSchema, comparisons: z.array(matrixComparisonSchema) });
export type JobComparisons = z.infer<typeof jobComparisonsSchema>;
