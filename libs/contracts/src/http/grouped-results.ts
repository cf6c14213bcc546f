import * as z from 'zod';
import { virtualizationSchema } from '../boot-state.js';
import { uuidSchema } from '../ids.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';
import { runSelectorSchema } from '../run-selector.js';
import { fieldListSchema } from '../selector.js';
import { momentSchema } from './moment-schema.js';

/** GET /v1/results: completed runs, grouped. */
export const groupedResultsQuerySchema = z.strictObject({
  /** Labels and facts of the boot state that runs are grouped by: `generation,microcode`. */
  by: fieldListSchema,
  /** Over the labels and the boot state that a run had when it started, and the run itself. */
  selector: runSelectorSchema.default('*'),
  jobId: uuidSchema.optional(),
  probe: probeSchema.optional(),
  metric: metricSchema.optional(),
  /** Only runs that ended at or after this, and before that. */
  since: momentSchema.optional(),
  until: momentSchema.optional(),
});
export type GroupedResultsQuery = z.infer<typeof groupedResultsQuerySchema>;

/**
 * One group. Runs that must not be pooled never share a row, whatever is asked for: probe, metric, provenance, executor,
 * virtualization and KPTI are always part of what it is grouped by.
 *
 * A host gives the median of its runs' medians, and the group the quartiles over its hosts, each of which weighs the same
 * however many runs it has.
 */
export const groupedResultRowSchema = z.object({
  /** Values by the names asked for; null where a run has no such label or fact. */
  by: z.record(z.string(), z.string().nullable()),
  probe: probeSchema,
  metric: metricSchema,
  provenance: provenanceSchema,
  executor: executorSchema,
  virtualization: virtualizationSchema,
  kpti: z.string(),
  hosts: z.int(),
  /** Those of them whose runs of this metric scatter above the limit when nothing changes (noise grade D). */
  noisyHosts: z.int().default(0),
  /** Without copies: simulated runs of the same machine and seed as one that counts. */
  runs: z.int(),
  copies: z.int(),
  samples: z.int(),
  /** TSC cycles; null where the group's clocks tick at different rates: their cycles are not the same length. */
  q1Cycles: z.number().nullable(),
  p50Cycles: z.number().nullable(),
  q3Cycles: z.number().nullable(),
  /** By each run's TSC rate; null where one is not known. */
  q1Ns: z.number().nullable(),
  p50Ns: z.number().nullable(),
  q3Ns: z.number().nullable(),
});
export type GroupedResultRow = z.infer<typeof groupedResultRowSchema>;

export const groupedResultsSchema = z.object({
  /** Under today's names, in the order of the question. */
  by: z.array(z.string()),
  rows: z.array(groupedResultRowSchema),
  /** Whether there are more groups than one reply holds. */
  cut: z.boolean(),
  notes: z.array(z.string()),
});
export type GroupedResults = z.infer<typeof groupedResultsSchema>;
