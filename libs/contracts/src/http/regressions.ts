import { z } from 'zod';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';
import { runSelectorSchema } from '../run-selector.js';
import { settledProbe, spanFields, spanOf } from './span.js';
import { bootChangeSchema } from './trends.js';

/** GET /v1/regressions: what changed without a known cause. */
export const regressionsQuerySchema = z
  .strictObject({
    selector: runSelectorSchema.default('*').describe('hosts by their labels and boot states: generation=Zen-3'),
    metric: metricSchema.default('u2k'),
    probe: probeSchema.optional().describe('whose metric; may be left out where only one probe has it'),
    ...spanFields,
    minEffect: z.coerce.number().gt(0).lt(1).default(0.02).describe('smaller changes are not told'),
  })
  .transform(({ probe, since, until, ...query }, context) => ({
    ...query,
    ...spanOf({ since, until }, context),
    probe: settledProbe(probe, query.metric, context),
  }));
export type RegressionsQuery = z.infer<typeof regressionsQuerySchema>;
export type RegressionsQueryInput = z.input<typeof regressionsQuerySchema>;

export const regressionSchema = z.object({
  kind: z
    .enum(['step', 'creep', 'noise'])
    .describe(
      'step: from one day to the next; creep: over a stretch of days; noise: runs scatter more or less than they did',
    ),
  direction: z.enum(['up', 'down']),
  ratio: z.number().describe('level after / before; of noise the spread of runs after / before'),
  fromDay: z.iso
    .date()
    .describe(
      'a step’s first day lies from fromDay to toDay, the same where the data tell the day; a creep came about from the one to the other',
    ),
  toDay: z.iso.date(),
  hosts: z.array(hostIdSchema).describe('that moved together'),
  executor: executorSchema,
  provenance: provenanceSchema,
  p: z.number().describe('of the clearest of them, in one look'),
  firstRuns: z
    .array(z.object({ hostId: hostIdSchema, runId: uuidSchema }))
    .describe('the first run of each host with the change, of a step whose day is known'),
  common: z
    .array(z.object({ field: z.string(), value: z.string(), moved: z.int(), of: z.int() }))
    .describe(
      'what these hosts have in common, and how many hosts that were looked at have it; the most telling first',
    ),
  suspects: z.array(bootChangeSchema).describe('boot states of these hosts that changed in the two weeks before'),
  status: z.literal('unconfirmed').describe('no fresh runs have confirmed it'),
  reason: z.string().describe('why it is not confirmed, in one sentence'),
  confirm: z
    .string()
    .nullable()
    .describe('a command that measures these hosts again beside control hosts; null where they can’t be'),
});
export type Regression = z.infer<typeof regressionSchema>;

export const regressionsSchema = z.object({
  probe: probeSchema,
  metric: metricSchema,
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  series: z.int().describe('that were looked at'),
  tooShort: z.int().describe('series that have no segment of six days in this time'),
  found: z.array(regressionSchema).describe('oldest first'),
});
export type Regressions = z.infer<typeof regressionsSchema>;
