import type { Transaction } from '#event-store';
import { LogHistogram } from '#stats';
import type { ChangedResults, NewResult, ResultPlace } from './run-results.table.js';

/** The row that a result belongs to. */
interface HourKey extends Omit<ResultPlace, 'endedAt'> {
  hour: Date;
}

interface Hour extends HourKey {
  runs: number;
  histogram: LogHistogram;
}

/** The full hour (UTC) in which a time lies. */
export function hourOf(time: Date): Date {
  const hour = new Date(time);
  hour.setUTCMinutes(0, 0, 0);
  return hour;
}

function keyOf({ endedAt, generation, virtualization, provenance, metric }: ResultPlace): HourKey {
  return { hour: hourOf(endedAt), generation, virtualization, provenance, metric };
}

/** New results of a batch merged by the row that they belong to. */
export function mergeByHour(results: readonly NewResult[]): Hour[] {
  const hours = new Map<string, Hour>();
  for (const result of results) {
    const key = keyOf(result);
    const known = hours.get(JSON.stringify(key));
    if (known) {
      known.runs += 1;
      known.histogram.merge(result.histogram);
    } else {
      hours.set(JSON.stringify(key), { ...key, runs: 1, histogram: new LogHistogram().merge(result.histogram) });
    }
  }
  return [...hours.values()];
}

function quantile(histogram: LogHistogram, q: number): number {
  const value = histogram.quantile(q);
  if (value === null) throw new Error('an hour was rolled up without a sample');
  return value;
}

async function write(tx: Transaction, { runs, histogram, ...key }: Hour): Promise<void> {
  const row = {
    runs,
    samples: histogram.count,
    p5Cycles: quantile(histogram, 0.05),
    p50Cycles: quantile(histogram, 0.5),
    p95Cycles: quantile(histogram, 0.95),
    p99Cycles: quantile(histogram, 0.99),
    histogram: Buffer.from(histogram.toBytes()),
  };
  const where = { hour_generation_virtualization_provenance_metric: key };
  await tx.hourlyResult.upsert({ where, create: { ...key, ...row }, update: row });
}

async function add(tx: Transaction, { runs, histogram, ...key }: Hour): Promise<void> {
  const where = { hour_generation_virtualization_provenance_metric: key };
  const before = await tx.hourlyResult.findUnique({ where, select: { runs: true, histogram: true } });
  if (before) histogram.merge(LogHistogram.fromBytes(before.histogram));
  await write(tx, { ...key, runs: runs + (before?.runs ?? 0), histogram });
}

/** From the results of all runs of the hour: what a histogram holds of a result that is gone can't be taken out of it. */
async function recompute(tx: Transaction, key: HourKey): Promise<void> {
  const { hour, ...place } = key;
  const until = new Date(hour.getTime() + 3_600_000);
  const results = await tx.runResult.findMany({
    where: { ...place, endedAt: { gte: hour, lt: until } },
    select: { histogram: true },
  });
  if (results.length === 0) {
    await tx.hourlyResult.deleteMany({ where: key });
    return;
  }
  const histogram = new LogHistogram();
  for (const result of results) histogram.merge(LogHistogram.fromBytes(result.histogram));
  await write(tx, { ...key, runs: results.length, histogram });
}

/**
 * Hourly percentile bands: quantiles can't be averaged, so the histograms are merged and read anew. New results are
 * added to their hours, so that a busy hour is not read again with every run; an hour of which a result was replaced is
 * computed anew. Must come after the results' rows.
 */
export async function projectHourlyResults(tx: Transaction, { added, replaced }: ChangedResults): Promise<void> {
  const dirty = new Map(replaced.map((place) => [JSON.stringify(keyOf(place)), keyOf(place)]));
  for (const hour of mergeByHour(added)) {
    const { runs: _runs, histogram: _histogram, ...key } = hour;
    if (!dirty.has(JSON.stringify(key))) await add(tx, hour);
  }
  for (const key of dirty.values()) await recompute(tx, key);
}
