import { describe, expect, it } from '@jest/globals';
import { cliffsDelta } from './cliffs-delta.js';
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

  // R: wilcox.test(c(1.1,2.2,3.3,4.4), c(2.5,3.5,4.5,5.5,6.5), conf.int = TRUE): W = 3, p = 0.1111, shift −2 (a − b).
  it('R’s wilcox.test of distinct values', () => {
    const [a, b] = [
      [1.1, 2.2, 3.3, 4.4],
      [2.5, 3.5, 4.5, 5.5, 6.5],
    ];
    expect(mannWhitney(a, b)).toEqual({ u: 3, p: expect.closeTo(14 / 126, 10), method: 'exact' });
  });
});
