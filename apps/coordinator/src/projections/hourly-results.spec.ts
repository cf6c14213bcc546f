import { describe, expect, it } from '@jest/globals';
import { LogHistogram } from '#stats';
import { type Merged, mergeInto } from './hourly-results.table.js';

const result = (probe: string, metric: string, values: number[]) => ({
  probe,
  metric,
  histogram: Buffer.from(LogHistogram.of(values).toBytes()).toString('base64'),
});

describe('the results of an hour', () => {
  it('are merged by probe and metric, also those that come later', () => {
    const byMeasure = new Map<string, Merged>();
    mergeInto(byMeasure, [result('pf', 'u2k', [100, 200]), result('pf', 'k2u', [1])]);
    mergeInto(byMeasure, [result('pf', 'u2k', [300]), result('another probe', 'u2k', [7])]);
    const merged = [...byMeasure.values()];
    expect(merged.map(({ probe, metric, runs, histogram }) => [probe, metric, runs, histogram.count])).toEqual([
      ['pf', 'u2k', 2, 3],
      ['pf', 'k2u', 1, 1],
      ['another probe', 'u2k', 1, 1],
    ]);
    expect([merged[0]?.histogram.quantile(0), merged[0]?.histogram.quantile(1)]).toEqual([100, 300]);
  });
});
