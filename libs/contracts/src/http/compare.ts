import * as z from 'zod';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { metricSchema, probeSchema, provenanceSchema } from '../names.js';

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
