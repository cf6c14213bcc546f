import { describe, expect, it } from '@jest/globals';
import { clockStep } from './clock-step.js';
import { groupedMedian, tallyOf, tallyOfSorted } from './grouped-median.js';
import fc from 'fast-check';
import { median } from './quantile.js';

const grouped = (values: readonly number[], step: number): number =>
  groupedMedian(tallyOf(values, median(values) ?? Number.NaN), step);

describe('grouped median', () => {
  it('is the plain median without a step', () => {
    expect(grouped([1, 2, 10], 0)).toBe(2);
    expect(grouped([1, 2, 3, 10], 26)).toBe(2.5);
  });

  it('moves within the step as cases move over', () => {
    const of = (low: number, high: number): number =>
      grouped([...Array<number>(low).fill(416), ...Array<number>(high).fill(442)], 26);
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
      expect(Math.abs(grouped(seen, 26) - level)).toBeLessThan(1);
    }
  });

  it('counts sorted values as it counts any', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1 }), (values) => {
        const middle = median(values) ?? Number.NaN;
        expect(tallyOfSorted(Int32Array.from(values).sort(), middle)).toEqual(tallyOf(values, middle));
      }),
    );
  });

  it('refuses no values and a negative step', () => {
    expect(() => groupedMedian({ median: 1, count: 0, below: 0, at: 0 }, 1)).toThrow(RangeError);
    expect(() => grouped([1], -1)).toThrow(RangeError);
  });
});

describe('the step of a clock', () => {
  it('divides all that it shows', () => {
    expect(clockStep([416, 442, 520])).toBe(26);
    expect(clockStep([416, 442, 521])).toBe(1);
    expect(clockStep([416, 416])).toBe(416);
    expect(clockStep([])).toBe(0);
  });
});
