import { z } from 'zod';
import { metricsOfProbe, probesWith, type Probe } from '../catalogue.js';
import { metricSchema, probeSchema, provenanceSchema } from '../names.js';
import { hostIdSchema, uuidSchema } from '../ids.js';
import { selectorSchema } from '../selector.js';

const fieldsSchema = z.strictObject({
  a: selectorSchema,
  b: selectorSchema,
  metric: metricSchema,
  /** Whose metric; may be left out where only one probe has it. Figures of two probes are never compared. */
  probe: probeSchema.optional(),
  /** Only runs of this job. */
  jobId: uuidSchema.optional(),
  /** Ratios within 1 ± margin count as equal. */
  margin: z.coerce.number().gt(0).lt(1).default(0.01),
  confidence: z.coerce.number().min(0.5).max(0.999).default(0.95),
});

/** The probe that is meant; what is wrong is said with the choices that there are. */
function settled({ probe, metric }: z.infer<typeof fieldsSchema>, context: z.RefinementCtx): Probe {
  const having = probesWith(metric);
  const [first, ...others] = having;
  if (probe === undefined && first !== undefined && others.length === 0) return first;
  if (probe !== undefined && having.includes(probe)) return probe;
  const message =
    probe === undefined
      ? `${metric} is a metric of ${having.join(' and ')}; name one of them`
      : `probe ${probe} has no metric ${metric}; it has ${metricsOfProbe(probe).join(', ')}`;
  context.addIssue({ code: 'custom', path: [probe === undefined ? 'probe' : 'metric'], message });
  return z.NEVER;
}

/** GET /v1/compare: is b slower than a? Selectors match run labels. */
export const compareQuerySchema = fieldsSchema.transform((query, context) => ({
  ...query,
  probe: settled(query, context),
}));
export type CompareQuery = z.infer<typeof compareQuerySchema>;

export const comparisonSideSchema = z.object({
  selector: z.string(),
  hosts: z.array(hostIdSchema),
  runs: z.int(),
  /** Runs left out as copies: simulated runs of the same machine and seed as one that counts. */
  copies: z.int(),
  samples: z.int(),
  provenance: z.array(provenanceSchema),
  /** Median over runs of the runs' medians; null without runs, or when they mix what must not be pooled. */
  medianCycles: z.number().nullable(),
  /** The same as time, by each run's TSC rate; null also when one is not known. */
  medianNs: z.number().nullable(),
  /** The replicates: one median a run. */
  runMedians: z.array(
    z.object({ runId: uuidSchema, hostId: hostIdSchema, p50Cycles: z.number(), p50Ns: z.number().nullable() }),
  ),
});

export const verdictSchema = z.enum(['slower', 'faster', 'equal', 'inconclusive']);
export type Verdict = z.infer<typeof verdictSchema>;

export const comparisonSchema = z.object({
  probe: probeSchema,
  metric: metricSchema,
  a: comparisonSideSchema,
  b: comparisonSideSchema,
  /** In which ratio and interval are: `ns` where the runs' TSCs tick at different rates. Null when nothing was compared. */
  unit: z.enum(['cycles', 'ns']).nullable(),
  /** b / a in that unit, or null when a side has no run or the sides can't be compared. */
  ratio: z.number().nullable(),
  /** b / a in either unit; of clocks that tick alike both are the same. */
  ratioCycles: z.number().nullable(),
  ratioNs: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  method: z.object({ name: z.string(), margin: z.number() }),
  /** Says how b compares with a. */
  verdict: verdictSchema,
  /** Why the verdict is what it is, in one sentence. */
  reason: z.string(),
  /** For how many runs and hosts it speaks. */
  scope: z.string(),
  warnings: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparisonSchema>;
