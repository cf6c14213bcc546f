import * as z from 'zod';
import { acceptedJobSpecSchema, plannedRunSchema } from '../job-spec.js';
import { changedLabelsSchema } from '../host.js';
import { skippedHostsSchema } from '../host-state.js';
import { uuidSchema } from '../ids.js';
import { textSchema } from '../stored.js';
import { packedPlanSchema, unpackPlan } from './packed-plan.js';

const unpackedSchema = packedPlanSchema.transform((packed, context) => {
  const plan = unpackPlan(packed);
  if (plan !== undefined) return plan;
  context.addIssue({ code: 'custom', message: 'a run of it names a host or kind that it does not have' });
  return z.NEVER;
});

/**
 * A job was accepted with its hosts resolved. The whole plan stands here, so that a restart can complete it: stored packed, as
 * a list in events of version 1 and wherever it is worked with.
 */
export const jobSubmittedV2 = z.object({
  jobId: uuidSchema,
  spec: acceptedJobSpecSchema,
  plan: z.union([z.array(plannedRunSchema).min(1), unpackedSchema]),
  /** SHA-256 of the canonical request body; a repeated Idempotency-Key must bring the same. */
  bodyHash: z.string(),
  /** Hosts that were chosen and left out because of their state. */
  skipped: z.array(skippedHostsSchema).optional(),
});

export const jobCancelledV1 = z.object({ jobId: uuidSchema, reason: textSchema(0, 500) });

export const jobOutcomeSchema = z.enum(['completed', 'partial', 'failed', 'cancelled']);

/** Every planned run has ended. `partial`: some runs completed, some did not. */
export const jobCompletedV1 = z.object({
  jobId: uuidSchema,
  outcome: jobOutcomeSchema,
  runs: z.object({
    completed: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    abandoned: z.int().nonnegative(),
  }),
});

/**
 * Somebody changed a job's labels, at whatever time: each to the value that stands here, null takes it away. In a stream of its own, so
 * that a coordinator that does not know it yet goes on with the job.
 */
export const jobLabelledV1 = z.object({ jobId: uuidSchema, labels: changedLabelsSchema });

/** By the kind of stream that they stand in. */
export const jobEvents = {
  job: { JobSubmitted: jobSubmittedV2, JobCancelled: jobCancelledV1, JobCompleted: jobCompletedV1 },
  label: { JobLabelled: jobLabelledV1 },
} as const;
