import * as z from 'zod';
import { verdictSchema } from './http/compare.js';
import { bootChangeSchema } from './http/trends.js';
import { hostIdSchema, uuidSchema } from './ids.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from './names.js';
import { int32Schema, textSchema } from './stored.js';

/**
 * Where a finding stands. Before fresh runs confirmed it: `suspected`, `not-confirmed` (they did not). After: `open` (nobody has
 * said anything), `acknowledged`, `expected`, `muted`, `resolved`. `withdrawn`: what it rested on is not there any more.
 */
export const findingStateSchema = z.enum([
  ...(['suspected', 'not-confirmed'] as const),
  ...(['open', 'acknowledged', 'expected', 'muted', 'resolved'] as const),
  'withdrawn',
]);
export type FindingState = z.infer<typeof findingStateSchema>;

/** As many hosts as one finding names; a fleet of more that moves together is one all the same. */
export const hostsOfFinding = 10_000;

export const intervalSchema = z.object({ low: z.number(), high: z.number(), confidence: z.number() });

/** A change without a known cause, as the days of its hosts show it. Days are UTC. */
export const movementSchema = z.object({
  kind: z
    .enum(['step', 'creep', 'noise'])
    .describe(
      'step: from one day to the next; creep: over a stretch of days; noise: runs scatter more or less than they did',
    ),
  direction: z.enum(['up', 'down']),
  probe: probeSchema,
  metric: metricSchema.describe('in which it shows most clearly'),
  alsoIn: z
    .array(z.object({ probe: probeSchema, metric: metricSchema, ratio: z.number() }))
    .describe('other metrics of the same hosts that moved with it'),
  executor: executorSchema,
  provenance: provenanceSchema,
  ratio: z.number().positive().describe('level after / before; of noise the spread of runs after / before'),
  interval: intervalSchema
    .nullable()
    .describe('of the ratio, by the days that it was found in; null of noise, and where they are too few'),
  beforeNs: z.number().nullable().describe('mean level before; null of noise, and where the TSC’s rate is not known'),
  effectNs: z.number().nullable().describe('mean level after − before'),
  days: z
    .object({ before: z.int(), after: z.int() })
    .optional()
    .describe('of noise: of how many days before it and since the scatter was compared, when the look found it'),
  p: z.number().describe('of the clearest of its hosts, in one look'),
  fromDay: z.iso
    .date()
    .describe(
      'a step’s first day lies from fromDay to toDay, the same where the data tell the day; a creep came about from the one to the other',
    ),
  toDay: z.iso.date(),
  levelSince: z.iso
    .date()
    .optional()
    .describe('the level before is of no earlier days: with this one it began, by another change or a boot state'),
  hosts: z.array(hostIdSchema).min(1).max(hostsOfFinding).describe('that moved together, in order'),
  generations: z.array(z.string()).describe('of these hosts'),
  firstRuns: z
    .array(z.object({ hostId: hostIdSchema, runId: uuidSchema }))
    .describe('the first run of each host with the change, of a step whose day is known'),
  common: z
    .array(z.object({ field: z.string(), value: z.string(), moved: z.int(), of: z.int() }))
    .describe(
      'what these hosts have in common, and how many hosts that were looked at have it; the most telling first',
    ),
  suspects: z.array(bootChangeSchema).describe('boot states of these hosts that changed in the two weeks before'),
});
export type FindingMovement = z.infer<typeof movementSchema>;

/** What fresh runs said of a finding. */
export const confirmationFiguresSchema = z.object({
  verdict: verdictSchema.describe(
    'of the fresh runs against the days before the change, beyond what control hosts did',
  ),
  ratio: z.number().nullable(),
  interval: intervalSchema.nullable(),
  method: z.string().nullable(),
  hosts: int32Schema.describe('that moved, with days before and fresh runs'),
  controlHosts: int32Schema,
  runs: int32Schema.describe('fresh ones that counted'),
  reason: textSchema(1, 1_000).describe('why the verdict is what it is, in one sentence'),
});
export type ConfirmationFigures = z.infer<typeof confirmationFiguresSchema>;

/** What a person says with it. */
export const findingNoteSchema = textSchema(1, 2_000);
