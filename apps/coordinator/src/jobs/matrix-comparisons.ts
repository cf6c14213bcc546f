import {
  type CompareQuery,
  compareQuerySchema,
  guestExecutors,
  guestSelector,
  type JobView,
  type MatrixComparison,
  type Metric,
  metricsOfProbe,
  type Probe,
  probesOf,
  defaultProbes,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { matrixPairs } from '#lifecycle';
import { judge } from '../compare/judge.js';
import { replicatesOf } from '../compare/replicates.js';
import type { Side } from '../compare/side.js';

/** What the job's probes yield, those that it names or else those of the executor that boots its guests (planJob). */
function measuresOf({ probes, executor = guestExecutors[0] }: JobView['spec']): { probe: Probe; metric: Metric }[] {
  const measured = probes ?? (executor === undefined ? [] : defaultProbes(probesOf(executor)));
  return [...new Set(measured)].flatMap((probe) => metricsOfProbe(probe).map((metric) => ({ probe, metric })));
}

/**
 * Compares the cells of a job's matrix as /v1/compare would, each with the one that has its dimension's first value.
 * Empty for a job without a matrix. Runs that have not completed yet are not in it.
 */
export async function matrixComparisons(
  db: PrismaClient,
  { jobId, spec }: Pick<JobView, 'jobId' | 'spec'>,
): Promise<MatrixComparison[]> {
  if (spec.matrix === undefined) return [];
  const pairs = matrixPairs(spec.matrix);
  const sides = new Map<string, Promise<Side>>();
  /** Cells stand in several pairs; each is read once. */
  const sideOf = (selector: string, query: CompareQuery): Promise<Side> => {
    const key = `${query.probe} ${query.metric} ${selector}`;
    const side = sides.get(key) ?? replicatesOf(db, selector, query);
    sides.set(key, side);
    return side;
  };
  const comparisons: MatrixComparison[] = [];
  for (const measure of measuresOf(spec)) {
    for (const pair of pairs) {
      const selectors = { a: guestSelector(pair.a), b: guestSelector(pair.b) };
      const query = compareQuerySchema.parse({ ...selectors, ...measure, jobId });
      const a = await sideOf(query.a, query);
      const b = await sideOf(query.b, query);
      comparisons.push({ ...pair, comparison: judge(query, a, b) });
    }
  }
  return comparisons;
}
