import { z } from 'zod';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { MomentError, momentOf, momentText } from '../moment.js';
import { metricSchema, probeSchema, provenanceSchema } from '../names.js';
import { bothSelectors, parseRunSelector, runSelectorSchema } from '../run-selector.js';
import { currentLabelName } from '../renamed-labels.js';
import { fieldListSchema, parseFieldList, SelectorError } from '../selector.js';
import { settledProbe } from './span.js';

const momentSchema = z
  .string()
  .max(64)
  .superRefine((text, context) => {
    try {
      momentOf(text, Date.now());
    } catch (error) {
      if (!(error instanceof MomentError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });

const namesSchema = z
  .string()
  .max(1_000)
  .default('')
  .transform((text) =>
    [...new Set(text.split(',').map((name) => currentLabelName(name.trim())))].filter((name) => name !== ''),
  );

const shareOf = 'must lie between 0 and 1: 0.01 is 1 %';
const probable = 'must lie between 0.5 and 0.999: 0.95 is 95 %';

const fieldsSchema = z.strictObject({
  a: runSelectorSchema.describe('side a: a selector of runs').meta({ example: 'generation=Haswell-EP,since=90d' }),
  b: runSelectorSchema.optional().describe('side b; left out where `before` splits side a in time'),
  before: momentSchema
    .optional()
    .describe('compares what a matches before this time (a) with what it matches from then on (b)')
    .meta({ example: '2026-11-20T18:00Z' }),
  since: momentSchema.optional().describe('both sides: only runs that ended from then on').meta({ example: '90d' }),
  until: momentSchema.optional().describe('both sides: only runs that ended before then'),
  metric: metricSchema,
  probe: probeSchema
    .optional()
    .describe('whose metric; may be left out where only one probe has it. Figures of two probes are never compared'),
  jobId: uuidSchema.optional().describe('both sides: only runs of this job'),
  control: runSelectorSchema
    .optional()
    .describe('hosts where nothing changed, measured beside both sides: what happened to them is taken out')
    .meta({ example: 'role=control' }),
  margin: z.coerce
    .number(shareOf)
    .gt(0, shareOf)
    .lt(1, shareOf)
    .default(0.01)
    .describe('ratios within 1 ± margin count as equal'),
  confidence: z.coerce
    .number(probable)
    .min(0.5, probable)
    .max(0.999, probable)
    .default(0.95)
    .describe('of the intervals'),
  pool: namesSchema.describe('fields in which a side may be mixed, knowingly: names joined by commas'),
  allow: namesSchema.describe('fields in which the sides may differ, knowingly: names joined by commas'),
});

type Fields = z.infer<typeof fieldsSchema>;

/** Both sides as selectors that mean the same whenever they are read: what holds for both is in each of them. */
function sidesOf(query: Fields, context: z.RefinementCtx): { a: string; b: string } {
  const { before, since, until, jobId } = query;
  const refuse = (path: string, message: string): never => {
    context.addIssue({ code: 'custom', path: [path], message });
    return z.NEVER;
  };
  if (before === undefined && query.b === undefined)
    return refuse('b', 'there is no side b; give b, or before=TIME to split side a in time');
  if (before !== undefined && query.b !== undefined)
    return refuse('before', 'splits side a in time, so that there is no place for b; leave one of them out');
  const now = Date.now();
  if (since !== undefined && until !== undefined && momentOf(since, now) >= momentOf(until, now))
    return refuse('until', 'must be later than since; exchange them');
  const common = [
    ...(jobId === undefined ? [] : [`job=${jobId}`]),
    ...(since === undefined ? [] : [`since=${momentText(momentOf(since, now))}`]),
    ...(until === undefined ? [] : [`until=${momentText(momentOf(until, now))}`]),
  ].join(',');
  const sideOf = (path: 'a' | 'b', text: string, own: string): string => {
    try {
      return parseRunSelector(bothSelectors(bothSelectors(text, common), own), now).text;
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      return refuse(path, error.message);
    }
  };
  const border = before === undefined ? null : momentText(momentOf(before, now));
  return {
    a: sideOf('a', query.a, border === null ? '' : `until=${border}`),
    b: sideOf('b', query.b ?? query.a, border === null ? '' : `since=${border}`),
  };
}

function resolved(query: Fields, context: z.RefinementCtx) {
  const { metric, jobId, margin, confidence, pool, allow } = query;
  const control = query.control === undefined ? undefined : parseRunSelector(query.control, Date.now()).text;
  const common = {
    metric,
    jobId,
    control,
    margin,
    confidence,
    pool,
    allow,
    probe: settledProbe(query.probe, metric, context),
  };
  return { ...common, ...sidesOf(query, context) };
}

/** GET /v1/compare: is b slower than a? */
export const compareQuerySchema = fieldsSchema.transform(resolved);
export type CompareQuery = z.infer<typeof compareQuerySchema>;
/** As it is asked. */
export type CompareQueryInput = z.input<typeof compareQuerySchema>;

/** GET /v1/compare/cells: the same for every value that both sides have of some fields. */
export const compareCellsQuerySchema = z
  .strictObject({
    ...fieldsSchema.shape,
    by: fieldListSchema
      .describe('a cell for every combination of values of these fields that both sides have')
      .meta({ example: 'generation,kpti' }),
  })
  .transform((query, context) => ({ ...resolved(query, context), by: parseFieldList(query.by) }));
export type CompareCellsQuery = z.infer<typeof compareCellsQuerySchema>;

/** GET /v1/compare/report: either of them as a page. */
export const compareReportQuerySchema = z
  .strictObject({
    ...fieldsSchema.shape,
    by: fieldListSchema.optional().describe('a table with a cell for every combination of values of these fields'),
  })
  .transform((query, context) => ({
    ...resolved(query, context),
    ...(query.by === undefined ? {} : { by: parseFieldList(query.by) }),
  }));
export type CompareReportQuery = z.infer<typeof compareReportQuerySchema>;

export const comparisonSideSchema = z.object({
  selector: z.string().describe('with absolute times: it means the same whenever it is read'),
  hosts: z.array(hostIdSchema),
  runs: z.int(),
  copies: z.int().describe('runs left out as copies: simulated runs of the same machine and seed as one that counts'),
  samples: z.int(),
  provenance: z.array(provenanceSchema),
  medianCycles: z
    .number()
    .nullable()
    .describe('median over runs of the runs’ medians; null without runs, or when they mix what must not be pooled'),
  medianNs: z.number().nullable().describe('the same as time, by each run’s TSC rate; null also when one is not known'),
  resolution: z
    .number()
    .nullable()
    .describe(
      'what the TSCs can’t tell apart, as a share of the level, the mean over hosts: the step, or the part of it within which the samples do not move the grouped median',
    ),
  runMedians: z
    .array(
      z.object({
        runId: uuidSchema,
        hostId: hostIdSchema,
        endedAt: z.iso.datetime(),
        p50Cycles: z.number(),
        p50Ns: z.number().nullable(),
      }),
    )
    .describe('the replicates: one median a run'),
});

export const verdictSchema = z.enum(['slower', 'faster', 'equal', 'inconclusive']);
export type Verdict = z.infer<typeof verdictSchema>;

const rangeSchema = z.object({ low: z.number(), high: z.number() });

/** How much more a crossing costs on b, in one unit. */
export const effectSchema = z.object({
  a: z.number().describe('level: hosts weigh alike, and so do the runs of a host'),
  b: z.number(),
  difference: z.number().describe('b less a'),
  differenceInterval: rangeSchema.nullable().describe('the interval of the ratio, at the level of a'),
  ratio: z.number().describe('b / a'),
  ratioInterval: rangeSchema.nullable(),
});
export type Effect = z.infer<typeof effectSchema>;

const valuesSchema = z
  .array(z.object({ value: z.string().nullable(), runs: z.int() }))
  .describe('most frequent first, null where it is not known; at most 8');

/** Why a difference or a mixture is no obstacle, or that it is one. */
export const standingSchema = z.enum(['compared', 'implied', 'allowed', 'pooled', 'incidental', 'refused']);
export type Standing = z.infer<typeof standingSchema>;

export const fieldDifferenceSchema = z.object({
  field: z.string(),
  standing: standingSchema.describe(
    'compared: the selectors differ in it; implied: by another field that differs, or by the host; allowed: by `allow` or `pool`; incidental: can’t change what a crossing costs; refused: nothing says that it may differ',
  ),
  a: valuesSchema,
  b: valuesSchema,
});
export type FieldDifference = z.infer<typeof fieldDifferenceSchema>;

export const fieldMixtureSchema = z.object({
  field: z.string(),
  side: z.enum(['a', 'b']),
  standing: standingSchema,
  values: valuesSchema,
});
export type FieldMixture = z.infer<typeof fieldMixtureSchema>;

export const refusalSchema = z.object({
  kind: z.enum(['empty', 'overlap', 'provenance', 'executor', 'mixed', 'differs', 'clock', 'value']),
  side: z.enum(['a', 'b']).nullable(),
  field: z.string().nullable().describe('the boot-state field, where one is the reason'),
  reason: z.string().describe('one sentence without a full stop'),
  remedy: z.string(),
});
export type Refusal = z.infer<typeof refusalSchema>;

export const comparisonSchema = z.object({
  probe: probeSchema,
  metric: metricSchema,
  a: comparisonSideSchema,
  b: comparisonSideSchema,
  verdict: verdictSchema.describe('how b compares with a'),
  sentence: z.string().describe('the verdict as a sentence'),
  reason: z.string().describe('why the verdict is what it is, in one sentence'),
  refusals: z.array(refusalSchema).describe('why nothing was compared; empty when it was'),
  unit: z
    .enum(['cycles', 'ns'])
    .nullable()
    .describe('of ratio and interval: ns where the runs’ TSCs tick at different rates; null when nothing was compared'),
  ratio: z.number().nullable().describe('b / a in that unit'),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  effects: z
    .object({ ns: effectSchema.nullable(), cycles: effectSchema.nullable(), coreCycles: effectSchema.nullable() })
    .describe(
      'in every unit that both sides have: ns and TSC cycles where the rates are known or one, core cycles where the ratio of core clock and TSC is known too',
    ),
  control: z
    .object({ selector: z.string(), hosts: z.array(hostIdSchema), runs: z.int() })
    .nullable()
    .describe('control hosts with runs beside both sides, and their runs; null where none was asked for'),
  modelBand: z
    .object({ low: z.number(), high: z.number(), a: z.array(z.string()), b: z.array(z.string()) })
    .nullable()
    .describe(
      'of simulated machines of different models (a and b): by what factors the true ratio may lie below and above, since the models are that much off; no verdict within. Null of all others',
    ),
  scope: z.string().describe('for what it speaks'),
  differences: z.array(fieldDifferenceSchema).describe('every boot-state field in which the sides differ'),
  mixtures: z.array(fieldMixtureSchema).describe('every boot-state field in which a side is mixed'),
  leftOut: z
    .array(hostIdSchema)
    .describe('hosts left out, because they have runs on one side only while others have them on both'),
  more: z.string().nullable().describe('what would settle an inconclusive verdict, or that nothing would'),
  method: z.object({ name: z.string(), margin: z.number(), pool: z.array(z.string()), allow: z.array(z.string()) }),
  warnings: z.array(z.string()),
  repeat: z
    .object({ command: z.string(), path: z.string() })
    .describe('a command line, and the console’s page at the coordinator’s address, that ask for exactly this again'),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** A cell of a table: the runs of both sides that have these values. */
export const comparisonCellSchema = z.object({
  values: z.record(z.string(), z.string().nullable()).describe('by field; null where it is not known'),
  comparison: comparisonSchema,
  verdict: verdictSchema.describe('with the number of cells taken into account'),
  pValue: z
    .number()
    .nullable()
    .describe('of no difference beyond the margin, two-sided; null where there is no interval'),
  pAdjusted: z.number().nullable().describe('by Holm, over all cells with an interval'),
  qValue: z
    .number()
    .nullable()
    .describe(
      'by Benjamini and Hochberg, over the same cells: of those with at most this q that look different, the share that is expected to be so by luck',
    ),
});
export type ComparisonCell = z.infer<typeof comparisonCellSchema>;

export const comparisonCellsSchema = z.object({
  by: z.array(z.string()),
  cells: z.array(comparisonCellSchema),
  unmatched: z
    .array(z.object({ values: z.record(z.string(), z.string().nullable()), side: z.enum(['a', 'b']), runs: z.int() }))
    .describe('values that only one side has'),
  warnings: z.array(z.string()),
  repeat: z.object({ command: z.string(), path: z.string() }),
});
export type ComparisonCells = z.infer<typeof comparisonCellsSchema>;
