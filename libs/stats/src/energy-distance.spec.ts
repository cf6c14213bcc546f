import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { energyDistance } from './energy-distance.js';

const side = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 12 });

/** E by its definition, over all pairs. */
function byDefinition(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[], y: readonly number[]): number =>
    x.flatMap((one) => y.map((other) => Math.abs(one - other))).reduce((sum, d) => sum + d, 0) / (x.length * y.length);
  return 2 * mean(a, b) - mean(a, a) - mean(b, b);
}

describe('energy distance', () => {
  it('is what the definition gives over all pairs; neither order, side, shift nor scale matter', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { distance, coefficient } = energyDistance(a, b);
        expect(distance).toBeCloseTo(byDefinition(a, b), 9);
        expect(coefficient).toBeGreaterThanOrEqual(0);
        expect(coefficient).toBeLessThanOrEqual(1);
        expect(energyDistance([...b].reverse(), a).distance).toBeCloseTo(distance, 9);
        const changed = (values: readonly number[]): number[] => values.map((value) => 3 * value + 1_000);
        expect(energyDistance(changed(a), changed(b)).distance).toBeCloseTo(3 * distance, 8);
        expect(energyDistance(changed(a), changed(b)).coefficient).toBeCloseTo(coefficient, 9);
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('is nothing of the same values, and keeps its digits far from nothing', () => {
    expect(energyDistance([5, 5], [5, 5, 5])).toEqual({ distance: 0, statistic: 0, coefficient: 0 });
    const far = (values: readonly number[]): number[] => values.map((value) => 1e12 + value);
    expect(energyDistance(far([1, 2, 4]), far([2, 3, 9])).distance).toBeCloseTo(byDefinition([1, 2, 4], [2, 3, 9]), 9);
  });

  it('sees a spread where the medians are alike', () => {
    expect(energyDistance([-1, 0, 1], [-10, 0, 10]).coefficient).toBeGreaterThan(0.2);
  });

  it('refuses nothing and what is not a number', () => {
    expect(() => energyDistance([], [1])).toThrow('at least one');
    expect(() => energyDistance([1], [Number.NaN])).toThrow('finite');
  });
});
