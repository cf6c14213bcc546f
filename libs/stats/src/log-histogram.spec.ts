import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HistogramBytesError, LogHistogram } from './log-histogram.js';
import { quantileOfSorted } from './quantile.js';

const cycles = fc.oneof(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 3000 }));
const someCycles = fc.array(cycles, { minLength: 1, maxLength: 300 });

describe('LogHistogram', () => {
  it('gives the same number in every release of Node.js, to the last bit', () => {
    // 1.02 ** 303 ends otherwise in Node.js 24 than in 20 and 22.
    let power = 1;
    for (let times = 0; times < 303; times += 1) power *= 1.02;
    expect(LogHistogram.of([1, 400, 2 ** 31 - 1]).quantile(0.5)).toBe((2 * power) / (1.02 + 1));
  });

  it('gives quantiles within the stated error of the exact type-7 quantile', () => {
    fc.assert(
      fc.property(someCycles, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = quantileOfSorted(
          values.slice().sort((a, b) => a - b),
          q,
        );
        const estimate = LogHistogram.of(values).quantile(q) ?? Number.NaN;
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(exact * LogHistogram.relativeError + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('states an error below 1 %, and comes near to it', () => {
    expect(LogHistogram.relativeError).toBeCloseTo(0.0099, 4);
    // A lone value is exact, so the worst case needs neighbours: take the middle of three equal buckets.
    const worst = Math.max(
      ...Array.from({ length: 500 }, (_, i) => {
        const value = 1000 + i;
        const estimate = LogHistogram.of([1, value, 2 ** 31 - 1]).quantile(0.5) ?? 0;
        return Math.abs(estimate / value - 1);
      }),
    );
    expect(worst).toBeGreaterThan(0.009);
    expect(worst).toBeLessThanOrEqual(LogHistogram.relativeError);
  });

  it('is exact at both ends', () => {
    const histogram = LogHistogram.of([443, 517, 1001]);
    expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([443, 1001]);
  });

  it('merges to the histogram of all values, in any order', () => {
    fc.assert(
      fc.property(someCycles, someCycles, (left, right) => {
        const all = LogHistogram.of([...left, ...right]).toBytes();
        expect(LogHistogram.of(left).merge(LogHistogram.of(right)).toBytes()).toEqual(all);
        expect(LogHistogram.of(left).mergeBytes(LogHistogram.of(right).toBytes()).toBytes()).toEqual(all);
        expect(LogHistogram.of(right).merge(LogHistogram.of(left)).toBytes()).toEqual(all);
      }),
    );
  });

  it('leaves the merged one as it was', () => {
    const other = LogHistogram.of([5, 6]);
    LogHistogram.of([7]).merge(other);
    expect(other.count).toBe(2);
    expect(other.quantile(1)).toBe(6);
  });

  it('counts every value in the one bucket that holds it', () => {
    fc.assert(
      fc.property(someCycles, (values) => {
        const buckets = LogHistogram.of(values).buckets();
        expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        for (const { from, to, count } of buckets) {
          expect(values.filter((value) => from <= value && value < to)).toHaveLength(count);
        }
      }),
    );
  });

  it('has nothing to say without values', () => {
    const histogram = new LogHistogram();
    expect(histogram.quantile(0.5)).toBeNull();
    expect(histogram.buckets()).toEqual([]);
    expect(histogram.merge(new LogHistogram()).count).toBe(0);
  });

  it.each([-1, 1.5, 2 ** 31, Number.NaN])('refuses %d', (value) => {
    expect(() => new LogHistogram().add(value)).toThrow(RangeError);
  });

  it('refuses a quantile outside 0..1', () => {
    expect(() => LogHistogram.of([1]).quantile(-0.1)).toThrow(RangeError);
  });
});

describe('packed histograms', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(cycles, { maxLength: 200 }), (values) => {
        const histogram = LogHistogram.of(values);
        const back = LogHistogram.fromBytes(histogram.toBytes());
        expect(back.count).toBe(histogram.count);
        expect(back.buckets()).toEqual(histogram.buckets());
        expect(back.quantile(0.5)).toEqual(histogram.quantile(0.5));
        expect(back.toBytes()).toEqual(histogram.toBytes());
      }),
    );
  });

  it('keep counts beyond 32 bits', () => {
    let histogram = LogHistogram.of([440, 441]);
    for (let i = 0; i < 40; i++) histogram = LogHistogram.fromBytes(histogram.merge(histogram).toBytes());
    expect(histogram.count).toBe(2 ** 41);
  });

  it('have a fixed form: version 1, buckets, min, max, then slot and count', () => {
    expect([...LogHistogram.of([0, 1, 1, 3]).toBytes()]).toEqual([1, 3, 0, 3, 0, 1, 1, 2, 55, 1]);
  });

  it('are small: about 2.5 bytes a bucket', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => 400 + ((i * i) % 400));
    expect(LogHistogram.of(values).toBytes().length).toBeLessThan(150);
  });

  it('are refused at every truncation', () => {
    const bytes = LogHistogram.of([0, 440, 441, 100_000]).toBytes();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => LogHistogram.fromBytes(bytes.subarray(0, length))).toThrow(HistogramBytesError);
    }
  });

  it.each([
    ['another version', [2, 0], 'version 2'],
    ['bytes after the end', [1, 0, 9], '1 bytes after'],
    ['a slot outside the range', [1, 1, 5, 5, 0xff, 0x7f, 1], 'impossible bucket'],
    ['a count of zero', [1, 1, 0, 0, 0, 0], 'impossible bucket'],
    ['the same slot twice', [1, 2, 0, 0, 0, 1, 0, 1], 'impossible bucket'],
    ['a minimum elsewhere', [1, 1, 7, 0, 0, 1], 'minimum 7'],
    ['a maximum elsewhere', [1, 1, 0, 7, 0, 1], 'maximum 7'],
    ['a number beyond 2^53', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 'overflow'],
  ])('are refused with %s', (_what, bytes, message) => {
    expect(() => LogHistogram.fromBytes(Uint8Array.from(bytes))).toThrow(message);
  });

  it('never crash on any bytes but with HistogramBytesError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          expect(LogHistogram.fromBytes(bytes).toBytes().length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(HistogramBytesError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
