import { describe, expect, it } from '@jest/globals';
import { groupedMedian } from './grouped-median.js';
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

describe('groupedMedian', () => {
  it('is the plain median without a step', () => {
    expect(groupedMedian([1, 2, 10], 0)).toBe(2);
    expect(groupedMedian([1, 2, 3, 10], 26)).toBe(2.5);
  });

  it('moves within the step as cases move over', () => {
    const of = (low: number, high: number): number =>
      groupedMedian([...Array<number>(low).fill(416), ...Array<number>(high).fill(442)], 26);
    expect(of(10, 0)).toBe(416);
    expect(of(8, 2)).toBeCloseTo(416 - 13 + (26 * 5) / 8, 10);
    expect(of(5, 5)).toBe(429);
    expect(of(2, 8)).toBeCloseTo(442 - 13 + (26 * 3) / 8, 10);
  });

  it('follows a dithered level closely where the plain median stands on a tick', () => {
    for (const level of [420, 425, 430, 435]) {
      // A uniform spread of four steps around the level, as a clock of step 26 shows it.
      const seen = Array.from(
        { length: 2_000 },
        (_, i) => Math.round((level - 52 + (104 * (i + 0.5)) / 2_000) / 26) * 26,
      );
      expect(Math.abs(groupedMedian(Float64Array.from(seen).sort(), 26) - level)).toBeLessThan(1);
    }
  });

  it('refuses no values and a negative step', () => {
    expect(() => groupedMedian([], 1)).toThrow(RangeError);
    expect(() => groupedMedian([1], -1)).toThrow(RangeError);
  });
});
