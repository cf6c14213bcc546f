import { describe, expect, it } from '@jest/globals';
import { changePoints } from './change-points/change-points.js';
import { energySplit } from './change-points/energy-split.js';
import { cliffsDelta } from './cliffs-delta.js';
import { energyDistance } from './energy-distance.js';
import { hodgesLehmann } from './hodges-lehmann.js';
import { median } from './quantile.js';
import { mannWhitney } from './rank-sum.js';

// benchstat's golden files, with p of the exact distribution of tied values.
const gob = {
  old: [3069, 3075, 3069, 3067, 3207, 3064, 3064, 3058, 3059, 3062],
  new: [3075, 3065, 3059, 3065, 3060, 3081, 3186, 3135, 3087, 3062],
};
const json = {
  old: [1726, 1723, 1707, 1707, 1713, 1729, 1736, 1707, 1705, 1774],
  new: [1423, 1416, 1411, 1413, 1412, 1426, 1422, 1424, 1447, 1425],
};

describe('reference vectors', () => {
  it('benchstat, gob: ties', () => {
    const { u, p, method } = mannWhitney(gob.old, gob.new);
    expect([u, method]).toEqual([39.5, 'exact']);
    expect(p).toBeCloseTo(0.4461, 4);
    expect(hodgesLehmann(gob.old, gob.new).shift).toBe(3);
    expect(cliffsDelta(u, 10, 10)).toBeCloseTo(0.21, 10);
  });

  it('benchstat, json: apart', () => {
    expect(mannWhitney(json.old, json.new).p).toBeCloseTo(1.0825e-5, 9);
    expect((median(json.new) ?? 0) / (median(json.old) ?? 0) - 1).toBeCloseTo(-0.172, 4);
  });

  it('small and signed', () => {
    expect(mannWhitney([1, -1, -1, -1], [-1, 1, 1, 1]).p).toBeCloseTo(0.4857143, 7);
  });

  it('apache/otava’s example of a series', () => {
    const series = [0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1, 149.0, 149.7, 149.5, 149.1, 148.8, 150.0];
    expect(energySplit(series, 2)).toEqual({ index: 5, statistic: expect.closeTo(761.2821428571, 8) });
    expect(changePoints(series).map(({ index }) => index)).toEqual([5, 8]);
  });

  it('energy of 1 to 99 against 1 to 104', () => {
    const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
    const { distance, statistic, coefficient } = energyDistance(upTo(99), upTo(104));
    expect(distance).toBeCloseTo(0.160418, 6);
    expect(statistic).toBeCloseTo(8.136289, 6);
    expect(coefficient).toBeCloseTo(0.002365, 6);
  });

  // R: wilcox.test(c(1.1,2.2,3.3,4.4), c(2.5,3.5,4.5,5.5,6.5), conf.int = TRUE): W = 3, p = 0.1111, shift −2 (a − b).
  it('R’s wilcox.test of distinct values', () => {
    const [a, b] = [
      [1.1, 2.2, 3.3, 4.4],
      [2.5, 3.5, 4.5, 5.5, 6.5],
    ];
    expect(mannWhitney(a, b)).toEqual({ u: 3, p: expect.closeTo(14 / 126, 10), method: 'exact' });
  });
});
