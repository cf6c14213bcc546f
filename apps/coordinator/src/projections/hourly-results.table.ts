import { everyMeasure } from '#contracts';
import type { Transaction } from '#event-store';
import { LogHistogram } from '#stats';
import { operational } from './operational.js';
import type { Projection } from './projection.js';
import { heedingNewResults } from './runs-with-new-results.js';

/** What the rows of an hour share besides their probe and metric. */
interface Place {
  /** Full, UTC. */
  hour: Date;
  generation: string;
  virtualization: string;
  provenance: string;
  executor: string;
}

interface StoredResult {
  probe: string;
  metric: string;
  /** Base64: of bytes Prisma's engine makes text and bytes again. */
  histogram: string;
}

export interface Merged {
  probe: string;
  metric: string;
  runs: number;
  histogram: LogHistogram;
}

/** Merges the histograms of a probe's metric into one: quantiles can't be averaged. */
export function mergeInto(merged: Map<string, Merged>, results: readonly StoredResult[]): void {
  for (const { probe, metric, histogram } of results) {
    const key = `${probe} ${metric}`;
    const row = merged.get(key) ?? { probe, metric, runs: 0, histogram: new LogHistogram() };
    row.runs += 1;
    row.histogram.mergeBytes(Buffer.from(histogram, 'base64'));
    merged.set(key, row);
  }
}

function quantile(histogram: LogHistogram, q: number): number {
  const value = histogram.quantile(q);
  if (value === null) throw new Error('an hour was rolled up without a sample');
  return value;
}

async function placesOf(tx: Transaction, runIds: readonly string[]): Promise<Place[]> {
  return tx.$queryRaw<Place[]>`
    SELECT DISTINCT date_trunc('hour', ended_at, 'UTC') AS hour, boot_state #>> '{cpu,generation}' AS generation,
           boot_state ->> 'virtualization' AS virtualization, provenance, executor
      FROM runs JOIN boot_states USING (boot_state_hash)
     WHERE run_id = ANY(${[...runIds]}::uuid[]) AND ended_at IS NOT NULL`;
}

/** Results that are in memory at once: an hour of 200 runs/s has over a million. */
const resultsAtOnce = 2_000;

/** The results of an hour, some at a time. Each probe and metric is named, because the index begins with them. */
async function* resultsOf(
  tx: Transaction,
  { hour, generation, virtualization, provenance, executor }: Place,
): AsyncGenerator<StoredResult[]> {
  const [probes, metrics] = [everyMeasure().map(({ probe }) => probe), everyMeasure().map(({ metric }) => metric)];
  await tx.$executeRaw`
    DECLARE results_of_hour NO SCROLL CURSOR FOR
    SELECT probe, metric, encode(histogram, 'base64') AS histogram FROM run_results
     WHERE probe = ANY(${probes}) AND metric = ANY(${metrics}) AND ended_at >= ${hour}::timestamptz AND ended_at < ${hour}::timestamptz + interval '1 hour'
       AND generation = ${generation} AND virtualization = ${virtualization} AND provenance = ${provenance}
       AND executor = ${executor}`;
  for (;;) {
    const some = await tx.$queryRawUnsafe<StoredResult[]>(`FETCH ${resultsAtOnce} FROM results_of_hour`);
    yield some;
    if (some.length < resultsAtOnce) break;
  }
  await tx.$executeRaw`CLOSE results_of_hour`;
}

async function fold(tx: Transaction, runIds: readonly string[]): Promise<void> {
  for (const place of await placesOf(tx, runIds)) {
    const merged = new Map<string, Merged>();
    for await (const some of resultsOf(tx, place)) mergeInto(merged, some);
    const rows = [...merged.values()].map(({ probe, metric, runs, histogram }) => ({
      ...{ ...place, probe, metric, runs, samples: histogram.count },
      p5Cycles: quantile(histogram, 0.05),
      p50Cycles: quantile(histogram, 0.5),
      p95Cycles: quantile(histogram, 0.95),
      p99Cycles: quantile(histogram, 0.99),
      histogram: Buffer.from(histogram.toBytes()),
    }));
    await tx.hourlyResult.deleteMany({ where: place });
    await tx.hourlyResult.createMany({ data: rows });
  }
}

/**
 * Hourly percentile bands. An hour with news is computed from all of its runs' results, whatever was computed of it
 * before, so that it is right at whatever distance this follows the results.
 */
export const hourlyResults: Projection = {
  name: 'hourly_results',
  // 2: by probe as well; 3: by executor.
  version: 3,
  tables: ['hourly_results'],
  reads: operational,
  ...heedingNewResults(fold),
  // As many as there are: an hour of many runs is computed once for all of them.
  batchSize: 5_000,
  paceMs: 2_000,
};
