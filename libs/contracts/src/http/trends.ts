import * as z from 'zod';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { executorSchema, metricSchema, probeSchema, provenanceSchema } from '../names.js';
import { runSelectorSchema } from '../run-selector.js';
import { fieldListNotes, fieldListSchema, parseFieldList, selectorNotes } from '../selector.js';
import { settledProbe, spanFields, spanOf } from './span.js';

/** GET /v1/trends: how levels went over time. */
export const trendsQuerySchema = z
  .strictObject({
    selector: runSelectorSchema.default('*').describe('which runs; a run is matched as it was at its start'),
    metric: metricSchema.default('u2k'),
    probe: probeSchema.optional().describe('whose metric; may be left out where only one probe has it'),
    ...spanFields,
    by: fieldListSchema
      .default('generation')
      .describe(
        'a series for every combination of values of these labels and facts of the boot state; host for single hosts',
      )
      .meta({ example: 'generation,kpti' }),
    resolution: z
      .enum(['day', 'run'])
      .default('day')
      .describe('day: a point a day (UTC), hosts weigh alike; run: a point a run, the newest ones'),
    limit: z.coerce.number().int().min(1).max(200).default(50).describe('series a page'),
    cursor: z.string().max(4_000).optional().describe('nextCursor of the page before'),
  })
  .transform(({ metric, probe, since, until, by, ...query }, context) => {
    const notes = [...new Set([...fieldListNotes(by), ...selectorNotes(query.selector)])];
    const settled = { metric, probe: settledProbe(probe, metric, context), ...spanOf({ since, until }, context) };
    return { ...query, ...settled, by: parseFieldList(by), notes };
  });
export type TrendsQuery = z.infer<typeof trendsQuerySchema>;
/** As it is asked. */
export type TrendsQueryInput = z.input<typeof trendsQuerySchema>;

const bandSchema = z
  .object({ q1: z.number(), p50: z.number(), q3: z.number() })
  .describe('median over the hosts of each host’s median, and its quartiles; of a run its own');

export const trendPointSchema = z.object({
  at: z.iso.datetime().describe('the day’s beginning, UTC; of a run when it ended'),
  hosts: z.int(),
  runs: z.int(),
  ns: bandSchema.nullable().describe('null where a TSC’s rate is not known'),
  cycles: bandSchema
    .nullable()
    .describe(
      'TSC cycles; null where the clocks of that day tick at different rates, whose cycles are not the same length',
    ),
  runId: uuidSchema.nullable().describe('at the resolution of runs'),
});
export type TrendPoint = z.infer<typeof trendPointSchema>;

export const trendSeriesSchema = z.object({
  values: z.record(z.string(), z.string().nullable()).describe('by the names asked for; null where it is not known'),
  executor: executorSchema,
  provenance: provenanceSchema,
  hosts: z.int().describe('that have a point in it'),
  noisyHosts: z
    .int()
    .default(0)
    .describe('hosts of it whose runs of this metric scatter above the limit when nothing changes (noise grade D)'),
  points: z.array(trendPointSchema).describe('oldest first; days without runs have none'),
});
export type TrendSeries = z.infer<typeof trendSeriesSchema>;

export const changedFieldSchema = z.object({
  field: z.string(),
  from: z.string().nullable().describe('null where it was not known'),
  to: z.string().nullable(),
});
export type ChangedField = z.infer<typeof changedFieldSchema>;

/** Hosts whose boot state changed alike and within the same wave: a known change. */
export const bootChangeSchema = z.object({
  kind: z.enum(['boot-state', 'another-machine']).describe('another-machine: another CPU stands under the host’s name'),
  from: z.iso.datetime().describe('the first run of the first host under the new boot state'),
  to: z.iso.datetime().describe('that of the last host'),
  fields: z.array(changedFieldSchema).describe('what differs; what follows from another field is left out'),
  hosts: z.array(hostIdSchema).describe('in order; the first hundred, unless all are asked for'),
  hostCount: z.int(),
});
export type BootChange = z.infer<typeof bootChangeSchema>;

export const trendsSchema = z.object({
  probe: probeSchema,
  metric: metricSchema,
  resolution: z.enum(['day', 'run']),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  by: z.array(z.string()).describe('under today’s names'),
  series: z.array(trendSeriesSchema),
  changes: z.array(bootChangeSchema).describe('of the hosts of these series, oldest first'),
  cut: z.boolean().describe('whether there are more points, or changes, than one reply holds; the newest are kept'),
  nextCursor: z.string().nullable(),
  notes: z.array(z.string()),
});
export type Trends = z.infer<typeof trendsSchema>;
