import * as z from 'zod';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';

/**
 * How much a host's figures of one series scatter when nothing changes, over its newest runs under each boot state. Spreads are standard
 * deviations as shares of the level; null where the runs can't tell (a single boot tells nothing of boots).
 */
export const noiseFloorSchema = z.object({
  executor: executorSchema,
  probe: probeSchema,
  metric: metricSchema,
  provenance: provenanceSchema,
  runs: z.int(),
  boots: z.int(),
  days: z.int(),
  withinRunSd: z.number().describe('of the samples of a run, by their quartiles; median over the runs'),
  runSd: z.number().nullable().describe('between runs of one boot and day'),
  bootSd: z
    .number()
    .nullable()
    .describe('between boots; where each boot had a day of its own, boots and days together'),
  daySd: z.number().nullable().describe('between days, beyond what boots do'),
  floor: z
    .number()
    .nullable()
    .describe('between one run and a later one: the three together, as far as they are known'),
  grade: z
    .enum(['A', 'B', 'C', 'D'])
    .nullable()
    .describe('floor up to 0.5 % A, 1 % B, 3 % C, beyond D: flagged; null below 5 runs'),
});
export type NoiseFloor = z.infer<typeof noiseFloorSchema>;

/** Of what a figure was made from: what stands beside it. */
export const noiseMarkSchema = noiseFloorSchema.pick({ floor: true, grade: true });
