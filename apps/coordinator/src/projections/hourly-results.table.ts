import type { Transaction } from '#event-store';
import { LogHistogram } from '#stats';
import type { NewResult } from './run-results.table.js';

interface Hour {
  hour: Date;
  generation: string;
  virtualization: string;
  provenance: string;
  metric: string;
  runs: number;
  histogram: LogHistogram;
}

/** The full hour (UTC) in which a time lies. */
export function hourOf(time: Date): Date {
  const hour = new Date(time);
  hour.setUTCMinutes(0, 0, 0);
  return hour;
}

/** New results of a batch merged by the row that they belong to. */
export function mergeByHour(results: readonly NewResult[]): Hour[] {
  const hours = new Map<string, Hour>();
  for (const { endedAt, generation, virtualization, provenance, metric, histogram } of results) {
    const hour = hourOf(endedAt);
    const key = JSON.stringify([hour, generation, virtualization, provenance, metric]);
    const known = hours.get(key);
    if (known) {
      known.runs += 1;
      known.histogram.merge(histogram);
    } else {
      const first = { hour, generation, virtualization, provenance, metric, runs: 1 };
      hours.set(key, { ...first, histogram: new LogHistogram().merge(histogram) });
    }
  }
  return [...hours.values()];
}

function quantile(histogram: LogHistogram, q: number): number {
  const value = histogram.quantile(q);
  if (value === null) throw new Error('an hour was rolled up without a sample');
  return value;
}

/** Hourly percentile bands: quantiles can't be averaged, so the histograms are merged and read anew. */
export async function projectHourlyResults(tx: Transaction, results: readonly NewResult[]): Promise<void> {
  for (const { runs, histogram, ...key } of mergeByHour(results)) {
    const where = { hour_generation_virtualization_provenance_metric: key };
    const before = await tx.hourlyResult.findUnique({ where });
    if (before) histogram.merge(LogHistogram.fromBytes(before.histogram));
    const row = {
      runs: runs + (before?.runs ?? 0),
      samples: histogram.count,
      p5Cycles: quantile(histogram, 0.05),
      p50Cycles: quantile(histogram, 0.5),
      p95Cycles: quantile(histogram, 0.95),
      p99Cycles: quantile(histogram, 0.99),
      histogram: Buffer.from(histogram.toBytes()),
    };
    await tx.hourlyResult.upsert({ where, create: { ...key, ...row }, update: row });
  }
}
