import * as z from 'zod';
import { metricSchema, probeSchema } from '../names.js';
import { runSelectorSchema } from '../run-selector.js';
import { verdictSchema } from './compare.js';
import { bootChangeSchema } from './trends.js';
import { settledProbe, spanFields, spanOf } from './span.js';

/** GET /v1/known-changes: what each change of boot states did. */
export const knownChangesQuerySchema = z
  .strictObject({
    selector: runSelectorSchema.default('*').describe('hosts by their labels and boot states: generation=Zen-3'),
    metric: metricSchema.default('u2k'),
    probe: probeSchema.optional().describe('whose metric; may be left out where only one probe has it'),
    ...spanFields,
    margin: z.coerce.number().gt(0).lt(1).default(0.01).describe('ratios within 1 ± margin count as equal'),
    confidence: z.coerce.number().min(0.5).max(0.999).default(0.95).describe('of the intervals'),
    limit: z.coerce.number().int().min(1).max(100).default(50).describe('changes, the newest'),
    hosts: z.enum(['first', 'all']).default('first').describe('of each change, the first hundred hosts by name or all'),
  })
  .transform(({ probe, since, until, ...query }, context) => ({
    ...query,
    ...spanOf({ since, until }, context),
    probe: settledProbe(probe, query.metric, context),
  }));
export type KnownChangesQuery = z.infer<typeof knownChangesQuerySchema>;

export const judgedChangeSchema = z.object({
  ...bootChangeSchema.shape,
  verdict: verdictSchema
    .nullable()
    .describe('how the hosts are after the change; null of another machine, which is no change of the one before'),
  reason: z.string().describe('why the verdict is what it is, in one sentence'),
  ratio: z.number().nullable().describe('after / before; in ns where the rates of the TSCs are known'),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  method: z.string().nullable(),
  compared: z
    .object({ hosts: z.int(), days: z.int(), controlHosts: z.int() })
    .describe('hosts with days on both sides, their days, and hosts where nothing changed beside them'),
  repeat: z
    .string()
    .nullable()
    .describe('an xf compare of single runs that asks the same; null where hosts changed on several days'),
});
export type JudgedChange = z.infer<typeof judgedChangeSchema>;

export const knownChangesSchema = z.object({
  probe: probeSchema,
  metric: metricSchema,
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  changes: z.array(judgedChangeSchema).describe('oldest first'),
  cut: z.boolean().describe('whether there are older ones'),
});
export type KnownChanges = z.infer<typeof knownChangesSchema>;
