import { describe, expect, it } from '@jest/globals';
import { benjaminiHochberg, holm } from './multiple-tests.js';
import { twoLevelBootstrap } from './two-level-bootstrap.js';

// R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05, 0.001), "holm" | "BH")
const pValues = [0.01, 0.02, 0.03, 0.04, 0.05, 0.001];

describe('several tests at once', () => {
  it('Holm', () => {
    expect(holm(pValues)).toEqual([0.05, 0.08, 0.09, 0.09, 0.09, 0.006].map((p) => expect.closeTo(p, 12)));
  });

  it('Benjamini and Hochberg', () => {
    expect(benjaminiHochberg(pValues)).toEqual(
      [0.03, 0.04, 0.045, 0.048, 0.05, 0.006].map((p) => expect.closeTo(p, 12)),
    );
  });

  it('never exceeds 1, takes none, refuses what is no number', () => {
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(benjaminiHochberg([])).toEqual([]);
    expect(() => holm([Number.NaN])).toThrow(RangeError);
  });
});

describe('two-level bootstrap', () => {
  const options = { confidence: 0.95, resamples: 500, seed: 1 };
  const mean = (side: readonly (readonly number[])[]): number =>
    side.flat().reduce((sum, x) => sum + x, 0) / side.flat().length;

  it('widens with the spread of the hosts, and repeats with its seed', () => {
    const ratio = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number => mean(b) / mean(a);
    const alike = [1, 2, 3, 4, 5].map(() => [99, 100, 101]);
    const apart = [80, 90, 100, 110, 120].map((level) => [level - 1, level, level + 1]);
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    const wide = twoLevelBootstrap(apart, apart, ratio, options);
    expect(width(wide)).toBeGreaterThan(5 * width(twoLevelBootstrap(alike, alike, ratio, options)));
    expect(twoLevelBootstrap(apart, apart, ratio, options)).toEqual(wide);
    expect(() => twoLevelBootstrap([], apart, ratio, options)).toThrow(RangeError);
  });
});
