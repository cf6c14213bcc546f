import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { summarize } from './summarize.js';

describe('summarize', () => {
  it('gives exact figures', () => {
    const values = Int32Array.from({ length: 101 }, (_, i) => 1100 - 10 * i);
    expect(summarize(values)).toEqual({
      samples: 101,
      min: 100,
      p5: 150,
      p25: 350,
      p50: 600,
      p75: 850,
      p95: 1050,
      p99: 1090,
      max: 1100,
      mean: 600,
    });
  });

  it('is null for no values: there is no true figure', () => {
    expect(summarize(new Int32Array())).toBeNull();
  });

  it('keeps a sum beyond 32 bits', () => {
    expect(summarize(new Int32Array(1000).fill(2 ** 31 - 1))?.mean).toBe(2 ** 31 - 1);
  });

  it('does not depend on the order and does not reorder its input', () => {
    fc.assert(
      fc.property(fc.int32Array({ minLength: 1, min: 0 }), (values) => {
        const before = values.slice();
        const summary = summarize(values);
        expect(values).toEqual(before);
        expect(summarize(values.slice().reverse())).toEqual(summary);
        expect(summary?.samples).toBe(values.length);
        expect(summary?.mean).toBeGreaterThanOrEqual(summary?.min ?? 0);
        expect(summary?.mean).toBeLessThanOrEqual(summary?.max ?? 0);
      }),
    );
  });
});
