import { describe, expect, it } from '@jest/globals';
import { fuzzLogReader } from './testing/fuzz.js';

describe('mutated logs', () => {
  // A taste: `npm run fuzz:dmesg` reads a million of them.
  it('never make the reader throw, invent a sample or lose count', () => {
    const report = fuzzLogReader({ logs: 600, seed: 1 });
    expect(Math.min(report.samples, report.lost, report.damagedLines, report.repeatedLines)).toBeGreaterThan(0);
  });
});
