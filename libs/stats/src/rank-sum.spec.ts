import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hodgesLehmann } from './hodges-lehmann.js';
import { normalDeviates } from './normal-deviates.js';
import { pairwiseDifference } from './pairwise-difference.js';
import { median } from './quantile.js';
import { mannWhitney } from './rank-sum.js';

// Few distinct values, so that ties are the rule.
const side = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 9 });

/** By going through every way to choose a side: 2^18 at most. */
function pByEnumeration(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const uOf = (chosen: readonly number[], rest: readonly number[]): number =>
    chosen.reduce((sum, x) => sum + rest.reduce((s, y) => s + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0);
  const middle = (a.length * b.length) / 2;
  const seen = Math.abs(uOf(a, b) - middle);
  let [splits, asFar] = [0, 0];
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.filter((_, i) => (mask >> i) & 1);
    if (chosen.length !== a.length) continue;
    splits += 1;
    const rest = all.filter((_, i) => !((mask >> i) & 1));
    if (Math.abs(uOf(chosen, rest) - middle) >= seen) asFar += 1;
  }
  return asFar / splits;
}

describe('Mann-Whitney', () => {
  it('counts every split of tied values', () => {
    const small = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(mannWhitney(a, b).p).toBeCloseTo(pByEnumeration(a, b), 10);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('does not mind order, shift, scale or which side is which', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { u, p } = mannWhitney(a, b);
        expect(mannWhitney([...a].reverse(), [...b].sort())).toMatchObject({ u, p });
        const changed = (values: readonly number[]): number[] => values.map((value) => 4 * value - 100);
        expect(mannWhitney(changed(a), changed(b))).toMatchObject({ u, p });
        const swapped = mannWhitney(b, a);
        expect(swapped.u).toBe(a.length * b.length - u);
        expect(swapped.p).toBeCloseTo(p, 10);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('permutations and the normal limit agree with the count where both are had', () => {
    const deviate = normalDeviates(3);
    const [a, b] = [0, 0.25].map((shift) => Array.from({ length: 50 }, () => Math.round(10 * (shift + deviate()))));
    const exact = mannWhitney(a ?? [], b ?? []);
    expect(exact.method).toBe('exact');
    // The same values twice over: the count of one more step of size is too slow, permutations are drawn.
    const twice = mannWhitney([...(a ?? []), ...(a ?? [])], [...(b ?? []), ...(b ?? [])]);
    expect(twice.method).toBe('permutation');
    expect(twice.p).toBeLessThan(exact.p);
  });

  it('is uniform under no difference, whichever way p is had', () => {
    const deviate = normalDeviates(4);
    const draw = (n: number): number[] => Array.from({ length: n }, deviate);
    for (const n of [8, 70]) {
      const below = Array.from({ length: 200 }, () => mannWhitney(draw(n), draw(n)).p).filter((p) => p <= 0.2).length;
      // 200 draws at 20 %: three standard errors are 17.
      expect(Math.abs(below - 40)).toBeLessThan(18);
    }
  });

  it.each([
    ['an empty side', [], [1]],
    ['NaN', [1], [Number.NaN]],
    ['infinity', [Number.POSITIVE_INFINITY], [1]],
  ])('refuses %s', (_, a, b) => {
    expect(() => mannWhitney(a, b)).toThrow(RangeError);
    expect(() => hodgesLehmann(a, b)).toThrow(RangeError);
  });

  it('all ties: nothing speaks for a difference', () => {
    expect(mannWhitney([5, 5, 5], [5, 5])).toMatchObject({ u: 3, p: 1 });
  });
});

describe('Hodges-Lehmann', () => {
  const differences = (a: readonly number[], b: readonly number[]): number[] =>
    b.flatMap((y) => a.map((x) => y - x)).sort((x, y) => x - y);

  it('finds every rank among the pairwise differences without making them', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const [sortedA, sortedB] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
        const ranks = differences(a, b).map((_, k) => pairwiseDifference(sortedA, sortedB, k + 1));
        expect(ranks).toEqual(differences(a, b));
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('is the median of the differences, moves with a shift and turns with the sides', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { shift, low, high } = hodgesLehmann(a, b);
        expect(shift).toBe(median(differences(a, b)));
        const moved = hodgesLehmann(
          a,
          b.map((value) => value + 7),
        );
        expect(moved).toEqual({
          shift: shift + 7,
          low: low === null ? null : low + 7,
          high: high === null ? null : high + 7,
        });
        const turned = hodgesLehmann(b, a);
        expect(turned.shift).toBeCloseTo(-shift, 10);
        expect(turned.low).toBe(high === null ? null : 0 - high);
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it.each([
    [8, 8],
    [60, 60],
  ])('holds the true shift 95 %% of the time, %d and %d values', (n, m) => {
    const deviate = normalDeviates(7);
    const covered = Array.from({ length: 400 }, () => {
      const a = Array.from({ length: n }, deviate);
      const b = Array.from({ length: m }, () => 0.5 + deviate());
      const { low, high } = hodgesLehmann(a, b);
      return low !== null && high !== null && low <= 0.5 && 0.5 <= high;
    }).filter(Boolean).length;
    // 400 at 95 to 97 %: 93 to 99 %.
    expect(covered).toBeGreaterThan(372);
    expect(covered).toBeLessThan(397);
  });

  it('gives no interval where so few values can’t reach the confidence', () => {
    expect(hodgesLehmann([1, 2, 3], [4, 5, 6])).toEqual({ shift: 3, low: null, high: null });
    expect(hodgesLehmann([1, 2, 3, 4], [4, 5, 6, 7]).low).toBe(0);
  });
});
