import { describe, expect, it } from '@jest/globals';
import { compareBeforeAfter } from './compare-before-after.js';

const side = (of: Record<string, number[]>) => new Map(Object.entries(of));
const none = { a: side({}), b: side({}) };

describe('before and after', () => {
  const days = { a: side({ h1: [100, 102, 101, 99] }), b: side({ h1: [110, 112, 111, 109] }) };

  it('is judged by the days of one or two hosts, for their boots only', () => {
    const found = compareBeforeAfter(days, none, 0.95);
    expect(found).toMatchObject({ control: 0, ofTheseBoots: true });
    expect(found?.estimate.ratio).toBeCloseTo(1.0995, 3);
    expect(found?.estimate.low).toBeGreaterThan(1.07);
  });

  it('takes hosts as pairs from three on, and their own scatter', () => {
    const three = { a: side({ h1: [100], h2: [200], h3: [300] }), b: side({ h1: [110], h2: [222], h3: [327] }) };
    const found = compareBeforeAfter(three, none, 0.95);
    // ln 1.1, ln 1.11, ln 1.09: mean 0.09528, SD 0.00909, t(2) = 4.303.
    expect(found?.estimate).toMatchObject({ degrees: 2 });
    expect(found?.estimate.ratio).toBeCloseTo(Math.exp(0.09528), 4);
    expect(found?.estimate.high).toBeCloseTo(Math.exp(0.09528 + (4.303 * 0.00909) / Math.sqrt(3)), 4);
    expect(found?.ofTheseBoots).toBe(false);
  });

  it('takes the change of control hosts out', () => {
    const control = { a: side({ c1: [100], c2: [100], c3: [100] }), b: side({ c1: [105], c2: [104], c3: [106] }) };
    const found = compareBeforeAfter(days, control, 0.95);
    expect(found).toMatchObject({ control: 3, ofTheseBoots: false });
    expect(found?.estimate.ratio).toBeCloseTo(1.0995 / 1.05, 3);
  });

  it('has no answer of a host with one day on a side, or without a pair', () => {
    expect(compareBeforeAfter({ a: side({ h1: [1] }), b: side({ h1: [2] }) }, none, 0.95)).toBeNull();
    expect(compareBeforeAfter({ a: side({ h1: [1] }), b: side({ h2: [2] }) }, none, 0.95)).toBeNull();
  });
});
