import { z } from 'zod';
import { jobOutcomeSchema } from '../events/job-events.js';
import { acceptedJobSpecSchema } from '../job-spec.js';
import { uuidSchema } from '../ids.js';
import { textSchema } from '../stored.js';

export const jobStateSchema = z.enum(['running', 'cancelling', 'ended']);

export const jobViewSchema = z.object({
  jobId: uuidSchema,
  state: jobStateSchema,
  outcome: jobOutcomeSchema.nullable(),
  spec: acceptedJobSpecSchema,
  submittedBy: z.string(),
  submittedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  correlationId: uuidSchema,
  runs: z.object({
    planned: z.int(),
    queued: z.int(),
    started: z.int(),
    completed: z.int(),
    failed: z.int(),
    abandoned: z.int(),
    total: z.int(),
  }),
  samples: z.int(),
  lost: z.int(),
});
export type JobView = z.infer<typeof jobViewSchema>;

export const cancelJobSchema = z.strictObject({ reason: textSchema(1, 500).default('cancelled by a person') });
