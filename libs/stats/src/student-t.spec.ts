import { describe, expect, it } from '@jest/globals';
import { fairCoinCdf } from './binomial.js';
import { logGamma, normalCdf, normalQuantile, studentTCdf, studentTQuantile } from './student-t.js';

describe('Student’s t', () => {
  // Published tables of the t distribution.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 4, 2.77645],
    [0.975, 8, 2.306],
    [0.95, 10, 1.81246],
    [0.995, 30, 2.75],
    [0.975, 120, 1.97993],
  ])('quantile %d with %d degrees is %d', (p, degrees, t) => {
    expect(studentTQuantile(p, degrees)).toBeCloseTo(t, 4);
    expect(studentTQuantile(1 - p, degrees)).toBeCloseTo(-t, 4);
    expect(studentTCdf(t, degrees)).toBeCloseTo(p, 5);
  });

  it('is Cauchy’s with one degree, whole or not in between', () => {
    expect(studentTCdf(1, 1)).toBeCloseTo(0.75, 12);
    const [above, between, below] = [3, 3.3, 4].map((degrees) => studentTQuantile(0.975, degrees));
    expect(above).toBeGreaterThan(between ?? 0);
    expect(between).toBeGreaterThan(below ?? 0);
  });

  it('quantile and share undo each other, far out and with few degrees too', () => {
    for (const p of [0.5001, 0.6, 0.9, 0.999, 0.999999])
      for (const degrees of [0.7, 1, 2.5, 9, 300, 1e5]) {
        expect(studentTCdf(studentTQuantile(p, degrees), degrees)).toBeCloseTo(p, 12);
      }
  });

  it('becomes the normal', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalCdf(-3)).toBeCloseTo(0.0013499, 6);
  });

  it('log gamma: factorials and a half', () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 11);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  });

  it.each([
    [0, 5],
    [1, 5],
    [0.5, 0],
  ])('refuses p %d with %d degrees', (p, degrees) => {
    expect(() => studentTQuantile(p, degrees)).toThrow(RangeError);
  });
});

describe('fair coins', () => {
  it('sums the binomial, and goes on smoothly where it is no longer summed', () => {
    expect(fairCoinCdf(1, 3)).toBe(0.5);
    expect(fairCoinCdf(2, 10)).toBeCloseTo(56 / 1024, 15);
    expect([fairCoinCdf(-1, 3), fairCoinCdf(3, 3)]).toEqual([0, 1]);
    expect(fairCoinCdf(480, 1001)).toBeCloseTo((fairCoinCdf(480, 1000) + fairCoinCdf(479, 1000)) / 2, 10);
  });
});
