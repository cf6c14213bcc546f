import { describe, expect, it } from '@jest/globals';
import { LogHistogram } from '#stats';
import { mergeByMetric } from './hourly-results.table.js';

const result = (metric: string, values: number[]) => ({ metric, histogram: LogHistogram.of(values).toBytes() });

describe('the results of an hour', () => {
  it('are merged by metric', () => {
    const merged = mergeByMetric([result('u2k', [100, 200]), result('k2u', [1]), result('u2k', [300])]);
    expect([...merged].map(([metric, { runs, histogram }]) => [metric, runs, histogram.count])).toEqual([
      ['u2k', 2, 3],
      ['k2u', 1, 1],
    ]);
    expect([merged.get('u2k')?.histogram.quantile(0), merged.get('u2k')?.histogram.quantile(1)]).toEqual([100, 300]);
  });
});
