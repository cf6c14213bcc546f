import { z } from 'zod';
import { acceptedJobSpecSchema, plannedRunSchema } from '../job-spec.js';
import { uuidSchema } from '../ids.js';
import { textSchema } from '../stored.js';

/** A job was accepted with its hosts resolved. The whole plan stands here, so that a restart can complete it. */
export const jobSubmittedV1 = z.object({
  jobId: uuidSchema,
  spec: acceptedJobSpecSchema,
  plan: z.array(plannedRunSchema).min(1),
  /** SHA-256 of the canonical request body; a repeated Idempotency-Key must bring the same. */
  bodyHash: z.string(),
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

/** By the kind of stream that they stand in. */
export const jobEvents = {
  job: { JobSubmitted: jobSubmittedV1, JobCancelled: jobCancelledV1, JobCompleted: jobCompletedV1 },
} as const;
