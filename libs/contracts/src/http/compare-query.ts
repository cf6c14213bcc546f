import * as z from 'zod';
import { uuidSchema } from '../ids.js';
import { MomentError, momentOf, momentText } from '../moment.js';
import { metricSchema, probeSchema } from '../names.js';
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
