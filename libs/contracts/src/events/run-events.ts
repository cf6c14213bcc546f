import * as z from 'zod';
import { bootStateSchema } from '../boot-state.js';
import { evidenceSchema } from '../evidence.js';
import { guestSchema } from '../guest.js';
import { labelsSchema } from '../host.js';
import { hostIdSchema, runNonceSchema, uuidSchema, workerIdSchema } from '../ids.js';
import { prioritySchema } from '../job-spec.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';
import { int32Schema, textSchema } from '../stored.js';

const attemptSchema = int32Schema.min(1);

/**
 * Version of the kernel-log parser (libs/dmesg) that read the attempt's log. Events from before it was recorded carry
 * none: version 1 wrote them.
 */
const parserVersionSchema = int32Schema.min(1).default(1);

/** An attempt may be taken by the host's worker. Carries all that the worker needs to know. */
export const runQueuedV1 = z.object({
  runId: uuidSchema,
  jobId: uuidSchema,
  hostId: hostIdSchema,
  attempt: attemptSchema,
  executor: executorSchema,
  probe: probeSchema,
  replicate: int32Schema,
  faults: int32Schema.min(1),
  warmup: z.int().min(0),
  timeoutMs: z.int().min(1),
  priority: prioritySchema,
  /** Seed of this run's simulated noise: derived from the job's seed, host, probe and replicate. */
  seed: z.int().min(0).max(0xffff_ffff),
  /** The guest to boot instead of the host's own, when the job has a matrix. */
  guest: guestSchema.optional(),
});

export const runStartedV1 = z.object({
  runId: uuidSchema,
  attempt: attemptSchema,
  workerId: workerIdSchema,
  /** Marks this attempt's kernel-log lines. */
  nonce: runNonceSchema,
  provenance: provenanceSchema,
  /** What the provenance rests on; simulated runs need none, and those of earlier releases have none. */
  evidence: evidenceSchema.optional(),
  /** The host's CPU that it was pinned to; null: to none, or to a guest's own. Left out by earlier releases. */
  pinnedCpu: int32Schema.nullable().optional(),
  /** Which boot of the machine it ran in, as far as boots can be told apart; left out by earlier releases, null of simulated machines. */
  bootId: textSchema(1, 64).nullable().optional(),
  labels: labelsSchema,
  bootState: bootStateSchema,
  bootStateHash: z.string(),
});

/** Names the boot state, which stands once in a stream of its own (BootStateObserved). */
export const runStartedV2 = runStartedV1.extend({
  /** Only in what was version 1, where each start repeated it. */
  bootState: bootStateSchema.optional(),
});

/**
 * A batch of samples. The samples themselves (libs/samples) and the kernel-log bytes that they were read from
 * are stored packed in `sample_batches` under the same event id, in the same transaction.
 */
export const crossingSamplesRecordedV1 = z.object({
  runId: uuidSchema,
  attempt: attemptSchema,
  /** 0-based, without gaps within an attempt. */
  batch: int32Schema,
  probe: probeSchema,
  metrics: z.array(metricSchema).min(1),
  cpu: z.int().nonnegative(),
  samples: z.int().nonnegative(),
  interrupted: z.int().nonnegative(),
  /** Lowest and highest sequence number in the batch; null when it carries raw bytes only. */
  firstSeq: z.int().nonnegative().nullable(),
  lastSeq: z.int().nonnegative().nullable(),
  /** Range of the attempt's captured log that stands with this batch: `[rawFrom, rawTo)`. */
  rawFrom: z.int().nonnegative(),
  rawTo: z.int().nonnegative(),
});

export const lossReasonSchema = z.enum([
  'record-gap', // the kernel log's own sequence numbers jump: the ring overflowed
  'sample-gap', // the samples' sequence numbers jump
  'damaged-line', // a line of ours failed its checksum or its form
  'repeated-line', // a good line of ours stood twice in the log; its samples count once
  'end-missing', // no end line before the capture ended
  'count-mismatch', // the end line announces more samples than were read
  'foreign-line', // a MAGIC line with another nonce; costs nothing, is shown
  'unknown-contract', // a MAGIC line of another contract version
]);
export type LossReason = z.infer<typeof lossReasonSchema>;

/** Something in the captured log was lost or could not be believed. Shown, never repaired. */
export const kernelLogGapObservedV1 = z.object({
  runId: uuidSchema,
  attempt: attemptSchema,
  reason: lossReasonSchema,
  detail: textSchema(0, 1000),
  /** Records missing from the kernel log, when its sequence numbers tell. */
  lostRecords: z.int().nonnegative().nullable(),
  /** Samples that this accounts for; 0 when it cost none or when another gap already counts them. */
  lostSamples: z.int().nonnegative(),
  rawFrom: z.int().nonnegative(),
  rawTo: z.int().nonnegative(),
});

export const runCompletedV1 = z.object({
  runId: uuidSchema,
  attempt: attemptSchema,
  faults: int32Schema,
  /** samples + lost + rejected = faults. */
  samples: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  damagedLines: z.int().nonnegative(),
  batches: int32Schema,
  rawBytes: z.int().nonnegative(),
  /** Cost of a back-to-back stamp pair as the program measured it, TSC cycles; shown, never subtracted. */
  overheadCycles: int32Schema.nullable(),
  durationMs: z.int().nonnegative(),
  parserVersion: parserVersionSchema,
});

export const failureSchema = z.object({
  /** Stable name, for example `compiler-missing`, `timeout`, `not-armed`. */
  code: z.string().regex(/^[a-z0-9-]+$/),
  message: textSchema(0, 2000),
  /** What the operator can do about it. */
  remedy: textSchema(0, 2000),
});
export type Failure = z.infer<typeof failureSchema>;

/** The executor said that this run can't give a result; trying again would not help. Ends the run. */
export const runFailedV1 = z.object({
  runId: uuidSchema,
  attempt: attemptSchema,
  failure: failureSchema,
  parserVersion: parserVersionSchema,
});

export const abandonReasonSchema = z.enum([
  'lease-expired',
  'worker-stopped',
  'cancelled',
  'attempts-exhausted',
  'host-removed',
]);
export type AbandonReason = z.infer<typeof abandonReasonSchema>;

/** The attempt is given up. `final` ends the run; otherwise a RunQueued with the next attempt follows. */
export const runAbandonedV1 = z.object({
  runId: uuidSchema,
  /** 0 when the run was abandoned before its first attempt was queued. */
  attempt: int32Schema,
  reason: abandonReasonSchema,
  final: z.boolean(),
});

/** What one version of the parser made of an attempt's log. */
export const readingSchema = z.object({
  parserVersion: int32Schema.min(1),
  samples: z.int().nonnegative(),
  /** Samples whose sequence number another sample carries as well: 0 unless that parser was at fault. */
  repeated: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  damagedLines: z.int().nonnegative(),
  overheadCycles: int32Schema.nullable(),
  /** Median of each metric's valid samples, TSC cycles. Empty where the stored samples can't be read. */
  medians: z.array(z.object({ metric: metricSchema, p50Cycles: z.number() })),
});
export type Reading = z.infer<typeof readingSchema>;

/**
 * The stored log of an ended run was read again by a later parser, and what it gave counts from here on. The samples
 * stand in `rederived_batches`, beside the old ones.
 */
export const runRederivedV1 = z.object({
  runId: uuidSchema,
  attempt: attemptSchema,
  before: readingSchema,
  after: readingSchema,
  /** Batches in `rederived_batches`; 0 where the samples are the very same, which are not stored a second time. */
  batches: int32Schema,
  /** What was lost or not believed, in place of what was recorded of this attempt before; null where that is the same. */
  gaps: z.array(kernelLogGapObservedV1.omit({ runId: true, attempt: true })).nullable(),
});

/**
 * Somebody put a note or labels on a run, at whatever time. In a stream of its own, so that no attempt's fence moves. A note
 * is added to those before it, a label takes the place of its former value.
 */
export const runAnnotatedV1 = z.object({
  runId: uuidSchema,
  note: textSchema(1, 2000).optional(),
  labels: labelsSchema.optional(),
});

/** By the kind of stream that they stand in. */
export const runEvents = {
  run: {
    RunQueued: runQueuedV1,
    RunStarted: runStartedV2,
    CrossingSamplesRecorded: crossingSamplesRecordedV1,
    KernelLogGapObserved: kernelLogGapObservedV1,
    RunCompleted: runCompletedV1,
    RunFailed: runFailedV1,
    RunAbandoned: runAbandonedV1,
    RunRederived: runRederivedV1,
  },
  annotation: { RunAnnotated: runAnnotatedV1 },
} as const;
