import { z } from 'zod';
import { jobOutcomeSchema } from '../events/job-events.js';
import { acceptedJobSpecSchema } from '../job-spec.js';
import { changedLabelsSchema, operatorLabelsSchema as labelsSchema } from '../host.js';
import { uuidSchema } from '../ids.js';
import { textSchema } from '../stored.js';

export const jobStateSchema = z.enum(['running', 'cancelling', 'ended']);

export const jobViewSchema = z.object({
  jobId: uuidSchema,
  state: jobStateSchema,
  outcome: jobOutcomeSchema.nullable(),
  spec: acceptedJobSpecSchema,
  labels: labelsSchema.default({}).describe('as they are now; in spec as they were submitted'),
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

/** POST /v1/jobs/:id/labels. */
export const labelJobSchema = z.strictObject({
  labels: changedLabelsSchema
    .refine((labels) => Object.keys(labels).length > 0, 'give at least one label; null takes one away')
    .describe('labels to set, name to value; null takes one away'),
});

export const cancelJobSchema = z.strictObject({ reason: textSchema(1, 500).default('cancelled by a person') });
