import { describe, expect, it } from '@jest/globals';
import { normalDeviates } from '../normal-deviates.js';
import { changePoints } from './change-points.js';
import { energySplit } from './energy-split.js';
import { maximalP } from './maximal-p.js';
import { rankSplit } from './rank-split.js';

// apache/otava's own example; the first statistic and the points are given with it.
const otava = [0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1, 149.0, 149.7, 149.5, 149.1, 148.8, 150.0];

const indexes = (values: readonly number[], options = {}): number[] =>
  changePoints(values, options).map(({ index }) => index);

/** Noise of SD 1 about the levels that a function of the index gives; autoregressive with `rho`. */
function series(length: number, level: (i: number) => number, seed: number, rho = 0): number[] {
  return seriesFrom(normalDeviates(seed), length, level, rho);
}

function seriesFrom(next: () => number, length: number, level: (i: number) => number, rho = 0): number[] {
  let noise = next();
  return Array.from({ length }, (_, i) => {
    const value = level(i) + noise;
    noise = rho * noise + Math.sqrt(1 - rho ** 2) * next();
    return value;
  });
}

/** Q by its definition, over all pairs. */
function statisticAt(values: readonly number[], at: number): number {
  const [before, after] = [values.slice(0, at), values.slice(at)];
  const [m, n] = [before.length, after.length];
  const across = before.flatMap((x) => after.map((y) => Math.abs(x - y))).reduce((sum, d) => sum + d, 0);
  const within = (part: readonly number[]): number =>
    part.flatMap((x, i) => part.slice(0, i).map((y) => Math.abs(x - y))).reduce((sum, d) => sum + d, 0);
  const e = (2 * across) / (m * n) - (2 * within(before)) / (m * (m - 1)) - (2 * within(after)) / (n * (n - 1));
  return ((m * n) / (m + n)) * e;
}

describe('energySplit', () => {
  it('gives the reference statistic at the reference place', () => {
    const split = energySplit(otava, 2);
    expect(split?.index).toBe(5);
    expect(split?.statistic).toBeCloseTo(761.2821428571, 8);
  });

  it('is what the definition gives over all pairs, ties included', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const values = series(40, (i) => (i < 11 ? 0 : 2), seed).map((value) => Math.round(value * 2) / 2);
      const split = energySplit(values, 2);
      const all = Array.from({ length: 37 }, (_, i) => statisticAt(values, i + 2));
      expect(split?.statistic).toBeCloseTo(Math.max(...all), 9);
      expect(all[(split?.index ?? 0) - 2]).toBeCloseTo(Math.max(...all), 9);
    }
  });

  it('has no place in fewer than two segments', () => {
    expect(energySplit([1, 2, 3, 4, 5], 3)).toBeNull();
    expect(energySplit([], 3)).toBeNull();
  });
});

describe('rankSplit', () => {
  it('finds the step, says which way, and does not mind an outlier', () => {
    const values = series(60, (i) => (i < 40 ? 10 : 7), 5);
    values[10] = 1e9;
    expect(rankSplit(values, 3)).toMatchObject({ index: 40 });
    expect(rankSplit(values, 3)?.statistic).toBeLessThan(-4);
    expect(rankSplit(Array<number>(20).fill(3), 3)).toBeNull();
  });
});

describe('maximalP', () => {
  it('is above the p of a single place, falls with z, and never exceeds 1', () => {
    const ps = [0, 1, 2, 3, 4, 5].map((z) => maximalP(z, 100, 3));
    expect(ps.every((p, i) => p <= (ps[i - 1] ?? 1))).toBe(true);
    expect(maximalP(3, 100, 3)).toBeGreaterThan(0.0027);
    expect(maximalP(-3, 100, 3)).toBe(maximalP(3, 100, 3));
  });
});

describe('changePoints', () => {
  it("gives the reference's points, by E-divisive alone and by both", () => {
    expect(indexes(otava, { detector: 'e-divisive' })).toEqual([5, 8]);
    expect(indexes(otava)).toEqual([5, 8]);
  });

  it('says how large and which way', () => {
    const [up, down, ...more] = changePoints(series(90, (i) => (i < 30 || i >= 60 ? 100 : 110), 2));
    expect(more).toEqual([]);
    expect(up).toMatchObject({ index: 30, direction: 'up' });
    expect(up?.effect).toBeCloseTo(0.1, 1);
    expect(down).toMatchObject({ index: 60, direction: 'down' });
    expect(down?.effect).toBeCloseTo(-0.09, 1);
  });

  it('does not depend on order of magnitude, sign or place', () => {
    const values = series(80, (i) => (i < 50 ? 200 : 204), 3);
    const found = indexes(values);
    expect(found).toEqual([50]);
    expect(indexes(values.map((value) => value * 1e-6))).toEqual(found);
    expect(indexes(values.map((value) => value + 1e6))).toEqual(found);
    expect(indexes(values.map((value) => -value))).toEqual(found);
    expect(indexes([...values].reverse())).toEqual([30]);
  });

  it('flags few series without a change, autocorrelated ones included', () => {
    // One generator for all: the first values of generators with seeds 1, 2, 3 … are much alike.
    const next = normalDeviates(1);
    const flagged = (rho: number): number =>
      Array.from({ length: 400 }, () => seriesFrom(next, 100, () => 50, rho)).filter(
        (values) => changePoints(values).length > 0,
      ).length;
    // bench/change-points.ts has the shares over 10,000 each: 1.5 % and 3.9 %.
    expect(flagged(0)).toBeLessThanOrEqual(12);
    expect(flagged(0.5)).toBeLessThanOrEqual(28);
  });

  it('takes neither a single outlier nor growing noise for a change', () => {
    const outlier = series(60, () => 100, 8);
    outlier[30] = 200;
    expect(indexes(outlier)).toEqual([]);
    const noise = series(120, () => 0, 9);
    expect(indexes(noise.map((value, i) => 100 + value * (i < 80 ? 1 : 5)))).toEqual([]);
  });

  it('finds changes in a long series by windows', () => {
    const values = series(2_000, (i) => (i < 777 ? 100 : 103), 4);
    expect(indexes(values)).toEqual([expect.closeTo(777, -1)]);
  });

  it('holds back what is smaller than asked', () => {
    const values = series(100, (i) => (i < 50 ? 1_000 : 1_003), 12);
    expect(indexes(values)).toHaveLength(1);
    expect(indexes(values, { magnitude: 0.01 })).toEqual([]);
  });

  it('has nothing to say of short and constant series, and a step of the clock is one', () => {
    expect(indexes([])).toEqual([]);
    expect(indexes([1, 2])).toEqual([]);
    expect(indexes(Array<number>(50).fill(7))).toEqual([]);
    expect(indexes([...Array<number>(20).fill(416), ...Array<number>(20).fill(442)])).toEqual([20]);
  });

  it.each([
    [[1, NaN, 2], {}, /finite/],
    [[1, 2], { p: 0 }, /p must lie/],
    [[1, 2], { minSegment: 1 }, /minSegment/],
    [[1, 2], { window: 5 }, /window must be a whole number from 6/],
    [[1, 2], { magnitude: -1 }, /magnitude/],
  ])('refuses %j with %j', (values, options, message) => {
    expect(() => changePoints(values, options)).toThrow(message);
  });
});
