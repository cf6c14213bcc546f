import * as z from 'zod';
import { jobOutcomeSchema } from '../events/job-events.js';
import { acceptedJobSpecSchema } from '../job-spec.js';
import { changedLabelsSchema, operatorLabelsSchema as labelsSchema } from '../host.js';
import { hostStateSchema } from '../host-state.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { textSchema } from '../stored.js';

export const jobStateSchema = z.enum(['running', 'cancelling', 'ended']);

/** Hosts whose runs can't begin now, by their state. */
export const waitsForSchema = z.object({
  state: hostStateSchema,
  hosts: z.int(),
  runs: z.int().describe('runs that wait for them'),
  named: z
    .array(z.object({ hostId: hostIdSchema, since: z.iso.datetime().nullable(), reason: z.string().nullable() }))
    .describe('the first of them, at most 3, since when they are so (of a silent one the last heartbeat) and why'),
});
export type WaitsFor = z.infer<typeof waitsForSchema>;

/** Hosts that a job left out, by their state when it was submitted. */
export const skippedViewSchema = z.object({
  state: hostStateSchema,
  hosts: z.int(),
  hostIds: z.array(hostIdSchema).describe('the first of them, at most 10'),
});
export type SkippedView = z.infer<typeof skippedViewSchema>;

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
  skipped: z.array(skippedViewSchema).optional().describe('hosts that were left out because of their state'),
  waitsFor: z
    .array(waitsForSchema)
    .optional()
    .describe('of a running job, hosts that are not online and have runs left; left out in lists'),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** POST /v1/jobs/:id/labels. */
export const labelJobSchema = z.strictObject({
  labels: changedLabelsSchema
    .refine((labels) => Object.keys(labels).length > 0, 'give at least one label; null takes one away')
    .describe('labels to set, name to value; null takes one away'),
});

export const cancelJobSchema = z.strictObject({ reason: textSchema(1, 500).default('cancelled by a person') });
