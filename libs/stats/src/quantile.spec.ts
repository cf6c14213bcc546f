import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { median, quantileOfSorted } from './quantile.js';

describe('quantileOfSorted', () => {
  // R 4: quantile(c(1, 2, 4, 8), c(0, .1, .25, .5, .9, 1), type = 7)
  it.each([
    [0, 1],
    [0.1, 1.3],
    [0.25, 1.75],
    [0.5, 3],
    [0.9, 6.8],
    [1, 8],
  ])('gives what R gives at %d', (q, expected) => {
    expect(quantileOfSorted([1, 2, 4, 8], q)).toBeCloseTo(expected, 12);
  });

  it('refuses an empty list and a q outside 0..1', () => {
    expect(() => quantileOfSorted([], 0.5)).toThrow('no values');
    expect(() => quantileOfSorted([1], 1.1)).toThrow('between 0 and 1');
    expect(() => quantileOfSorted([1], Number.NaN)).toThrow(RangeError);
  });

  it('never decreases with q and stays between the ends', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), unit, unit, (values, p, q) => {
        const sorted = values.sort((a, b) => a - b);
        const [low, high] = [Math.min(p, q), Math.max(p, q)].map((at) => quantileOfSorted(sorted, at));
        expect(low).toBeLessThanOrEqual((high ?? 0) + 1e-6);
        expect(low).toBeGreaterThanOrEqual(sorted[0] ?? 0);
        expect(high).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
      }),
    );
  });
});

describe('median', () => {
  it('is the middle value or the mean of the middle two, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
    expect(median([100, 20, 3])).toBe(20);
  });

  it('is null without values', () => {
    expect(median([])).toBeNull();
  });

  it('leaves its input as it is', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
