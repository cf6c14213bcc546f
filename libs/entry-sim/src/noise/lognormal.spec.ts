import { describe, expect, it } from '@jest/globals';
import { Lognormal } from './lognormal.js';
import { normalQuantile } from './normal-quantile.js';
import { Random } from './random.js';

describe('normalQuantile', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.01, -2.3263478740408408],
    [0.0001, -3.719016485455709],
    [0.99999, 4.264890793922602],
  ])('at %d is %d', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 7));
});

describe('Lognormal', () => {
  it('has the moments and tails of the distribution', () => {
    const sigma = 0.03;
    const random = new Random(7);
    const lognormal = new Lognormal(sigma);
    const draws = 400_000;
    const z = Float64Array.from({ length: draws }, () => Math.log(lognormal.draw(random)) / sigma);
    const mean = z.reduce((sum, value) => sum + value, 0) / draws;
    const variance = z.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
    // Four standard errors: 1 / sqrt(n) of a mean, sqrt(2 / n) of a variance.
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws));
    for (const [limit, share] of [
      [2, 0.02275],
      [3, 0.00135],
      [4, 0.0000317],
    ] as const) {
      const beyond = z.filter((value) => value > limit).length;
      expect(Math.abs(beyond - share * draws)).toBeLessThan(4 * Math.sqrt(share * draws) + 1);
    }
  });
});
