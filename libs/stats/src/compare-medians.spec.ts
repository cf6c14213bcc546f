import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareMedians, type CompareMediansInput } from './compare-medians.js';

const runs = (medians: number[], hostId = 'h1') => medians.map((median) => ({ hostId, median }));
const near = (centre: number) => runs([0, 1, -1, 2, -2, 0.5, -0.5, 1.5, -1.5, 0.2].map((step) => centre + step));
const options = { margin: 0.01, confidence: 0.95, resamples: 500, seed: 1 };
const compare = (a: CompareMediansInput['a'], b: CompareMediansInput['b']) => compareMedians({ a, b, ...options });

describe('compareMedians', () => {
  it("reproduces benchstat's median change of -17.20 %", () => {
    // golang.org/x/perf/cmd/benchstat's golden files, encoding/json
    const old = runs([1726, 1723, 1707, 1707, 1713, 1729, 1736, 1707, 1705, 1774]);
    const now = runs([1423, 1416, 1411, 1413, 1412, 1426, 1422, 1424, 1447, 1425]);
    const { ratio, interval, verdict } = compare(old, now);
    expect((ratio ?? 0) - 1).toBeCloseTo(-0.172, 4);
    expect(interval?.low).toBeLessThan(0.828);
    expect(interval?.high).toBeGreaterThan(0.828);
    expect(verdict).toBe('faster');
  });

  it('says slower, faster or equal only when the whole interval says so', () => {
    expect(compare(near(500), near(600)).verdict).toBe('slower');
    expect(compare(near(600), near(500)).verdict).toBe('faster');
    expect(compare(near(5000), near(5001)).verdict).toBe('equal');
  });

  it('is inconclusive when the interval crosses an edge of the band', () => {
    const { verdict, reason, interval } = compare(near(500), near(505));
    expect(interval?.low).toBeLessThan(1.01);
    expect(interval?.high).toBeGreaterThan(1.01);
    expect({ verdict, reason }).toEqual({ verdict: 'inconclusive', reason: expect.stringContaining('more runs') });
  });

  it('calls a difference equal that is smaller than the margin, though the interval excludes 1', () => {
    const { verdict, interval } = compare(near(10_000), near(10_040));
    expect(interval?.low).toBeGreaterThan(1);
    expect(verdict).toBe('equal');
  });

  it('gives a ratio but no interval below five runs a side, and says why', () => {
    expect(compare(near(500).slice(0, 4), near(700))).toEqual({
      ratio: expect.closeTo(700.1 / 500.5, 6),
      interval: null,
      verdict: 'inconclusive',
      reason: '4 and 10 runs: each side needs at least 5 for an interval',
    });
  });

  it('gives no ratio without runs or with a median of zero', () => {
    expect(compare([], near(500))).toMatchObject({
      ratio: null,
      interval: null,
      reason: expect.stringMatching(/^a has/),
    });
    expect(compare(near(500), [])).toMatchObject({ ratio: null, verdict: 'inconclusive' });
    expect(compare(runs([0, 1, 2, 3, 4]), near(5))).toMatchObject({
      ratio: null,
      reason: expect.stringContaining('not a positive number'),
    });
  });

  it('gives the same for the same seed, another interval for another one', () => {
    const [a, b] = [near(500), near(507)];
    const first = compareMedians({ a, b, ...options, seed: 7 });
    expect(compareMedians({ a, b, ...options, seed: 7 })).toEqual(first);
    expect(compareMedians({ a, b, ...options, seed: 0xffff_ffff }).interval).not.toEqual(first.interval);
  });

  it('does not depend on the order in which runs come', () => {
    const a = [...near(500), ...runs([510, 511, 512, 513], 'h2'), ...runs([505], 'h3')];
    expect(compare(a.slice().reverse(), near(520))).toEqual(compare(a, near(520)));
  });

  it('resamples within hosts: a difference between hosts that both sides share widens nothing', () => {
    const side = (shift: number) => [
      ...near(500 + shift),
      ...near(600 + shift).map((run) => ({ ...run, hostId: 'h2' })),
      ...near(700 + shift).map((run) => ({ ...run, hostId: 'h3' })),
    ];
    const oneHost = (shift: number) => side(shift).map((run) => ({ ...run, hostId: 'h1' }));
    const width = (c: ReturnType<typeof compare>) => (c.interval?.high ?? 0) - (c.interval?.low ?? 0);
    expect(width(compare(side(0), side(1))) * 5).toBeLessThan(width(compare(oneHost(0), oneHost(1))));
  });

  it('gives an interval around the ratio that scales with neither side', () => {
    const median = fc.integer({ min: 100, max: 1000 });
    const side = fc.array(median, { minLength: 5, maxLength: 12 }).map((medians) => runs(medians));
    fc.assert(
      fc.property(side, side, fc.constantFrom(2, 4, 8), (a, b, scale) => {
        const plain = compareMedians({ a, b, ...options, resamples: 200 });
        const scaled = compareMedians({
          a,
          b: b.map((run) => ({ ...run, median: run.median * scale })),
          ...options,
          resamples: 200,
        });
        expect(plain.interval?.low).toBeLessThanOrEqual(plain.interval?.high ?? 0);
        expect(scaled.interval?.low).toBeCloseTo((plain.interval?.low ?? 0) * scale, 9);
        expect(scaled.interval?.high).toBeCloseTo((plain.interval?.high ?? 0) * scale, 9);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [{ margin: 0 }, 'margin'],
    [{ margin: 1 }, 'margin'],
    [{ confidence: 1 }, 'confidence'],
    [{ resamples: 0 }, 'resamples'],
    [{ seed: 0.5 }, 'seed'],
  ])('refuses %j', (option, name) => {
    expect(() => compareMedians({ a: near(5), b: near(5), ...options, ...option })).toThrow(name);
  });
});
