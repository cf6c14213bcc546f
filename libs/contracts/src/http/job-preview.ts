import * as z from 'zod';
import { guestSchema } from '../guest.js';
import { hostIdSchema } from '../ids.js';
import { skippedViewSchema, waitsForSchema } from './jobs.js';
import { executorSchema, probeSchema, provenanceSchema } from '../names.js';

/** POST /v1/jobs/preview: what a job would run, before it is submitted. */
export const jobPreviewSchema = z.object({
  hosts: z.int().describe('hosts that would run something'),
  runs: z.int().describe('runs in all'),
  crossings: z.number().describe('crossings that they would record, in all'),
  hostIds: z.array(hostIdSchema).describe('the first of the hosts, at most 10'),
  skipped: z.array(skippedViewSchema).describe('hosts that would be left out because of their state'),
  waitsFor: z.array(waitsForSchema).describe('hosts that would run something, but are not online now'),
  lines: z
    .array(
      z.object({
        executor: executorSchema,
        probe: probeSchema,
        provenance: provenanceSchema.describe('of its figures'),
        guest: guestSchema.nullable().describe('the cell of the matrix; null without one'),
        hosts: z.int(),
        runs: z.int(),
      }),
    )
    .describe('runs by what they would be'),
});
export type JobPreview = z.infer<typeof jobPreviewSchema>;
