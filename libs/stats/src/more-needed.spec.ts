import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareLevels } from './compare-levels.js';
import { levelOfHosts } from './level-of-hosts.js';
import { moreNeeded, type Unsettled } from './more-needed.js';
import { normalDeviates } from './normal-deviates.js';
import { verdictOf } from './verdict.js';

/** Ten runs a side of one host, run SD 2 %: variance 2 · 0.0004 / 10. */
const ten: Unsettled = {
  ...{ change: Math.log(1.03), variance: 8e-5, degrees: 18, floor: 0 },
  ...{ margin: 0.01, confidence: 0.95, have: 10, most: 1_000 },
};

describe('how many more would settle it', () => {
  it('proposes what settles it four times in five, if the change is the true one', () => {
    const { settledBy } = moreNeeded(ten);
    // (1.99 + 0.84)² · 2 · 0.02² / (ln 1.03 − ln 1.01)²
    expect(settledBy).toBeGreaterThan(14);
    expect(settledBy).toBeLessThan(20);
    const deviate = normalDeviates(3);
    const side = (ratio: number) =>
      levelOfHosts(new Map([['h', Array.from({ length: settledBy ?? 0 }, () => ratio * Math.exp(0.02 * deviate()))]]));
    const settled = Array.from({ length: 1_000 }, () =>
      verdictOf(compareLevels(side(1), side(1.03), ten.confidence), ten.margin),
    ).filter((verdict) => verdict === 'slower').length;
    // 1,000 at 80 %: three standard errors are 38.
    expect(settled).toBeGreaterThan(762);
    expect(settled).toBeLessThan(862);
  });

  it('says that none would where the step, the boots or the nearness of an edge forbid it', () => {
    expect(moreNeeded({ ...ten, floor: 0.03 })).toEqual({ settledBy: null, why: 'floor' });
    expect(moreNeeded({ ...ten, change: Math.log(1.0101) })).toEqual({ settledBy: null, why: 'too close' });
    expect(moreNeeded({ ...ten, fixed: { variance: 4e-4, degrees: 5 } })).toEqual({ settledBy: null, why: 'shared' });
    // A little of what is shared only makes it dearer.
    const shared = moreNeeded({ ...ten, fixed: { variance: 8e-6, degrees: 5 } }).settledBy ?? 0;
    expect(shared).toBeGreaterThan(moreNeeded(ten).settledBy ?? Infinity);
  });

  it('counts towards equal within the margin', () => {
    const wide = moreNeeded({ ...ten, change: 0, margin: 0.01 }).settledBy;
    const wider = moreNeeded({ ...ten, change: 0, margin: 0.03 }).settledBy;
    expect(wider).toBeLessThan(wide ?? 0);
  });

  it('never proposes fewer for more spread or a coarser clock', () => {
    const change = fc.double({ min: -0.2, max: 0.2, noNaN: true });
    const variance = fc.double({ min: 1e-8, max: 1e-2, noNaN: true });
    fc.assert(
      fc.property(change, variance, (of, spread) => {
        const one = { ...ten, change: of, variance: spread };
        const needed = (unsettled: Unsettled) => moreNeeded(unsettled).settledBy ?? Infinity;
        expect(needed({ ...one, variance: 2 * spread })).toBeGreaterThanOrEqual(needed(one));
        expect(needed({ ...one, floor: 0.001 })).toBeGreaterThanOrEqual(needed(one));
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it('refuses what can not be', () => {
    expect(() => moreNeeded({ ...ten, variance: -1 })).toThrow(RangeError);
    expect(() => moreNeeded({ ...ten, have: 0 })).toThrow(RangeError);
  });
});
