import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RunLedger } from './run-ledger.js';

/** Takes the samples `[first, first + count)` as RunReader does: all of them, or none when one was read before. */
function take(ledger: RunLedger, first: number, count: number): boolean {
  if (ledger.alreadyRead(first, count) > 0) return false;
  ledger.accept(first, count, false, 0, 0);
  return true;
}

describe('RunLedger', () => {
  it('counts as a set of numbers would, in whatever order lines come and however they overlap', () => {
    const line = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 24 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 0, max: 80 }), (lines, beyond) => {
        const ledger = new RunLedger();
        const read = new Set<number>();
        for (const [first, count] of lines) {
          const seqs = Array.from({ length: count }, (_, index) => first + index);
          const fresh = seqs.every((seq) => !read.has(seq));
          expect(take(ledger, first, count)).toBe(fresh);
          if (fresh) seqs.forEach((seq) => read.add(seq));
        }
        expect(ledger.samples).toBe(read.size);
        expect(ledger.next).toBe(Math.max(-1, ...read) + 1);
        const announced = ledger.next + beyond;
        expect(ledger.missing(announced)).toBe(announced - read.size);
        // Every loss finds a place, and no place takes more than is missing there.
        const allotted = ledger.allot(announced - read.size, announced);
        expect(allotted.reduce((sum, { lostSamples }) => sum + lostSamples, 0)).toBe(announced - read.size);
        for (const { hole, lostSamples } of allotted)
          expect(lostSamples).toBe(hole === null ? beyond : hole.to - hole.from);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a bounded number of holes open, also when late lines split them', () => {
    const ledger = new RunLedger();
    take(ledger, 10_000, 1);
    for (let seq = 1; seq < 9_998; seq += 2) expect(take(ledger, seq, 1)).toBe(true);
    // Every other number was read, so there are 5,000 holes; the newest 1,024 are open, and the last numbers in them.
    expect(take(ledger, 9_996, 1)).toBe(true);
    expect(take(ledger, 2, 1)).toBe(false);
    const missing = ledger.missing(null);
    expect(ledger.allot(missing, null).reduce((sum, { lostSamples }) => sum + lostSamples, 0)).toBe(missing);
    expect(ledger.allot(missing, null).length).toBeLessThanOrEqual(1_025);
  });
});
