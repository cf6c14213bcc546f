import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { twoSidedBeyondMargin, verdictOf, widenByResolution } from './index.js';
import { studentTQuantile } from './student-t.js';

describe('twoSidedBeyondMargin', () => {
  it('is at most 1 − confidence exactly where the interval lies wholly beyond the margin', () => {
    const share = fc.double({ min: 0, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          change: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
          error: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
        }),
        fc.record({ degrees: fc.double({ min: 1, max: 100, noNaN: true }), resolutions: fc.tuple(share, share) }),
        ({ change, error }, { degrees, resolutions }) => {
          const asked = { margin: 0.01, confidence: 0.95 };
          const half = studentTQuantile(0.975, degrees) * error;
          const estimate = {
            ratio: Math.exp(change),
            low: Math.exp(change - half),
            high: Math.exp(change + half),
            degrees,
          };
          const p = twoSidedBeyondMargin(estimate, asked, resolutions);
          const verdict = verdictOf(widenByResolution(estimate, ...resolutions), asked.margin);
          fc.pre(Math.abs(p - 0.05) > 1e-9);
          expect(p <= 0.05).toBe(verdict === 'slower' || verdict === 'faster');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is 0 without any spread, and 1 within the margin', () => {
    const asked = { margin: 0.01, confidence: 0.95 };
    expect(twoSidedBeyondMargin({ ratio: 2, low: 2, high: 2, degrees: 4 }, asked)).toBe(0);
    expect(twoSidedBeyondMargin({ ratio: 1, low: 1, high: 1, degrees: 4 }, asked)).toBe(1);
  });
});
