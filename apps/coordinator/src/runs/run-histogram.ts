import { type HistogramView, histogramViewSchema, type Metric } from '#contracts';
import type { PrismaClient } from '#event-store';
import { LogHistogram } from '#stats';
import { notFound } from '../problems/problem.js';
import { runRow } from './run-queries.js';

/** @throws ProblemError (404) when there is no such run or it has no result for the metric. */
export async function runHistogram(db: PrismaClient, runId: string, metric: Metric): Promise<HistogramView> {
  const run = await runRow(db, runId);
  const result = await db.runResult.findUnique({
    where: { runId_metric: { runId, metric } },
    select: { provenance: true, histogram: true },
  });
  if (result === null) {
    throw notFound(
      'histogram of',
      `${metric} for run ${runId}`,
      `the run is ${run.state} and its probe is ${run.probe}; GET /v1/runs/:runId lists the metrics that it has`,
    );
  }
  const buckets = LogHistogram.fromBytes(result.histogram).buckets();
  return histogramViewSchema.parse({
    runId,
    probe: run.probe,
    metric,
    provenance: result.provenance,
    buckets: buckets.map(({ from, to, count }) => ({ fromCycles: from, toCycles: to, count })),
  });
}
