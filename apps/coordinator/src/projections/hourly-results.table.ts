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
  histogram: Uint8Array;
}

interface Merged {
  probe: string;
  metric: string;
  runs: number;
  histogram: LogHistogram;
}

/** The histograms of a probe's metric merged: quantiles can't be averaged. */
export function mergeByMeasure(results: readonly StoredResult[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const { probe, metric, histogram } of results) {
    const key = `${probe} ${metric}`;
    const row = merged.get(key) ?? { probe, metric, runs: 0, histogram: new LogHistogram() };
    row.runs += 1;
    row.histogram.merge(LogHistogram.fromBytes(histogram));
    merged.set(key, row);
  }
  return [...merged.values()];
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

/** Each probe and metric named, because the index begins with them. */
async function resultsOf(
  tx: Transaction,
  { hour, generation, virtualization, provenance, executor }: Place,
): Promise<StoredResult[]> {
  const [probes, metrics] = [everyMeasure().map(({ probe }) => probe), everyMeasure().map(({ metric }) => metric)];
  return tx.$queryRaw<StoredResult[]>`
    SELECT probe, metric, histogram FROM run_results
     WHERE probe = ANY(${probes}) AND metric = ANY(${metrics}) AND ended_at >= ${hour}::timestamptz AND ended_at < ${hour}::timestamptz + interval '1 hour'
       AND generation = ${generation} AND virtualization = ${virtualization} AND provenance = ${provenance}
       AND executor = ${executor}`;
}

async function fold(tx: Transaction, runIds: readonly string[]): Promise<void> {
  for (const place of await placesOf(tx, runIds)) {
    const rows = mergeByMeasure(await resultsOf(tx, place)).map(({ probe, metric, runs, histogram }) => ({
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
