import { describe, expect, it } from '@jest/globals';
import { medianInterval } from './median-interval.js';

describe('medianInterval', () => {
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

  // Tables of order-statistic intervals: ranks and coverage.
  it.each([
    [6, 1, 6, 0.96875],
    [10, 2, 9, 0.978516],
    [20, 6, 15, 0.958611],
    [100, 40, 61, 0.9648],
  ])('of %d values runs from the %d. to the %d., coverage %d', (n, low, high, coverage) => {
    const interval = medianInterval([...upTo(n)].reverse());
    expect(interval).toEqual({ median: (n + 1) / 2, low, high, coverage: expect.closeTo(coverage, 5) });
  });

  it('gives the whole range with its coverage where that is too few', () => {
    expect(medianInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, coverage: 0.75 });
    expect(medianInterval([7])).toEqual({ median: 7, low: 7, high: 7, coverage: 0 });
  });

  it('refuses no values, and values that are none', () => {
    expect(() => medianInterval([])).toThrow('no values');
    expect(() => medianInterval([1, Number.NaN])).toThrow('finite');
    expect(() => medianInterval([1], 1)).toThrow('confidence');
  });
});
