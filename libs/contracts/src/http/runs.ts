import * as z from 'zod';
import { bootStateSchema } from '../boot-state.js';
import { type Metric, metricNames, metricOf } from '../catalogue.js';
import { evidenceSchema } from '../evidence.js';
import { failureSchema, lossReasonSchema, runAnnotatedV1 } from '../events/run-events.js';
import { guestSchema } from '../guest.js';
import { labelsSchema } from '../host.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { derivedLabels } from '../labels.js';
import { noiseSchema } from '../noise.js';
import { noiseMarkSchema } from './noise-floor.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';

export const runStateSchema = z.enum(['planned', 'queued', 'started', 'completed', 'failed', 'abandoned']);
export type RunState = z.infer<typeof runStateSchema>;

/** One metric of one run: exact quantiles of its samples, TSC cycles. */
export const runResultSchema = z.object({
  metric: metricSchema,
  samples: z.int(),
  /** Samples without a valid value in this metric (where one may be missing). */
  invalid: z.int(),
  interrupted: z.int(),
  minCycles: z.int(),
  p5Cycles: z.number(),
  p25Cycles: z.number(),
  p50Cycles: z.number(),
  p75Cycles: z.number(),
  p95Cycles: z.number(),
  p99Cycles: z.number(),
  maxCycles: z.int(),
  meanCycles: z.number(),
  /** p50 in nanoseconds by the TSC's rate; null when the rate is not known. */
  p50Ns: z.number().nullable(),
  /** How much the host's runs of this metric scatter when nothing changes; null while that is not known. */
  noiseFloor: noiseMarkSchema.nullable().default(null),
});
export type RunResult = z.infer<typeof runResultSchema>;

export const runViewSchema = z.object({
  runId: uuidSchema,
  jobId: uuidSchema,
  hostId: hostIdSchema,
  executor: executorSchema,
  probe: probeSchema,
  replicate: z.int(),
  /** The cell of the job's matrix that it boots; null without one. What was booted stands in labels and boot state. */
  guest: guestSchema.nullable(),
  state: runStateSchema,
  attempt: z.int(),
  provenance: provenanceSchema.nullable(),
  labels: labelsSchema.nullable(),
  bootStateHash: z.string().nullable(),
  /** Whether anything on the machine was known to disturb the run; null where nothing was asked, as in simulated ones. */
  noise: noiseSchema.nullable(),
  queuedAt: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  faults: z.int(),
  samples: z.int(),
  lost: z.int(),
  rejected: z.int(),
  damagedLines: z.int(),
  overheadCycles: z.int().nullable(),
  failure: failureSchema.nullable(),
  /** Version of the parser whose samples and losses these are; null before the run has ended. */
  parserVersion: z.int().nullable(),
  results: z.array(runResultSchema),
});
export type RunView = z.infer<typeof runViewSchema>;

export const runGapSchema = z.object({
  attempt: z.int(),
  reason: lossReasonSchema,
  detail: z.string(),
  lostRecords: z.int().nullable(),
  lostSamples: z.int(),
  rawFrom: z.int(),
  rawTo: z.int(),
});

/** POST /v1/runs/:id/annotations: a note, labels, or both. What the machine's facts give is not for anybody to say. */
export const annotationSchema = z
  .strictObject(runAnnotatedV1.omit({ runId: true }).shape)
  .superRefine((given, context) => {
    const { note, labels = {} } = given;
    const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (note === undefined && Object.keys(labels).length === 0) issue([], 'give a note, labels or both');
    if (note?.trim() === '') issue(['note'], 'must not be blank');
    for (const name of Object.keys(labels)) {
      if (Object.hasOwn(derivedLabels, name))
        issue(['labels', name], `every run has a derived ${name}; use another name`);
    }
  });
export type Annotation = z.infer<typeof annotationSchema>;

/** An annotation as it was put on a run, with by whom (`key:<id>`) and when. */
export const annotationViewSchema = runAnnotatedV1
  .omit({ runId: true })
  .extend({ by: z.string(), at: z.iso.datetime() });

/** GET /v1/runs/:id: the run with its losses and boot state. */
export const runDetailSchema = runViewSchema.extend({
  gaps: z.array(runGapSchema),
  /** Oldest first; of a label that is there more than once, the last value counts. */
  annotations: z.array(annotationViewSchema),
  bootState: bootStateSchema.nullable(),
  /** Of its simulated noise, which it repeats to the byte; null before it was queued. */
  seed: z.int().nullable().default(null),
  /** What its provenance rests on; null before it started, of simulated runs and of those of earlier releases. */
  evidence: evidenceSchema.nullable(),
  /** The host's CPU that it was pinned to; null before it started, where it was pinned to none, and of earlier releases. */
  pinnedCpu: z.int().nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** A number of cycles, or null where a value may be missing. */
const cells = Object.fromEntries(
  metricNames.map((metric) => [
    metric,
    metricOf(metric).mayBeMissing ? z.int().nullable().optional() : z.int().optional(),
  ]),
) as Record<Metric, z.ZodOptional<z.ZodNullable<z.ZodInt>>>;

/** One line of GET /v1/runs/:id/samples as NDJSON; metrics that the probe lacks are absent. */
export const sampleRowSchema = z.object({
  seq: z.int(),
  cpu: z.int(),
  interrupted: z.boolean(),
  ...cells,
});
export type SampleRow = z.infer<typeof sampleRowSchema>;

/** GET /v1/runs/:id/histogram: merged buckets for drawing; `fromCycles` inclusive, `toCycles` exclusive. */
export const histogramViewSchema = z.object({
  runId: uuidSchema,
  probe: probeSchema,
  metric: metricSchema,
  provenance: provenanceSchema,
  buckets: z.array(z.object({ fromCycles: z.number(), toCycles: z.number(), count: z.int() })),
});
export type HistogramView = z.infer<typeof histogramViewSchema>;
