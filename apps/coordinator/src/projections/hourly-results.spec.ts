import { describe, expect, it } from '@jest/globals';
import { LogHistogram } from '#stats';
import { hourOf, mergeByHour } from './hourly-results.table.js';
import type { NewResult } from './run-results.table.js';

const result = (endedAt: string, values: number[], changed: Partial<NewResult> = {}): NewResult => ({
  endedAt: new Date(endedAt),
  generation: 'Zen 3',
  virtualization: 'bare',
  provenance: 'simulated',
  metric: 'u2k',
  samples: values.length,
  histogram: LogHistogram.of(values),
  ...changed,
});

describe('an hour', () => {
  it('begins at its full UTC hour', () => {
    expect(hourOf(new Date('2026-11-22T17:59:59.999Z')).toISOString()).toBe('2026-11-22T17:00:00.000Z');
    expect(hourOf(new Date('2026-11-22T18:00:00.000Z')).toISOString()).toBe('2026-11-22T18:00:00.000Z');
  });

  it('takes together runs of one hour, generation, virtualization, provenance and metric, and only those', () => {
    const first = result('2026-11-22T17:10:00Z', [100, 200]);
    const merged = mergeByHour([
      first,
      result('2026-11-22T17:50:00Z', [300]),
      result('2026-11-22T18:00:00Z', [1]),
      result('2026-11-22T17:10:00Z', [1], { provenance: 'measured' }),
      result('2026-11-22T17:10:00Z', [1], { virtualization: 'vm' }),
      result('2026-11-22T17:10:00Z', [1], { generation: 'Zen 2' }),
      result('2026-11-22T17:10:00Z', [1], { metric: 'k2u' }),
    ]);
    expect(merged.map(({ runs, histogram }) => [runs, histogram.count])).toEqual([
      [2, 3],
      ...Array.from({ length: 5 }, () => [1, 1]),
    ]);
    expect(first.histogram.count).toBe(2);
  });
});
