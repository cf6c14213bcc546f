import { describe, expect, it } from '@jest/globals';
import type { Comparison } from '#contracts';
import { comparisonText } from './comparison.js';

const side = {
  selector: 's',
  hosts: ['h'],
  runs: 10,
  copies: 0,
  samples: 1000,
  provenance: ['simulated' as const],
  medianCycles: 440,
  runMedians: [],
};
const comparison: Comparison = {
  metric: 'u2k',
  a: side,
  b: { ...side, medianCycles: 396 },
  ratio: 0.9,
  interval: { low: 0.89, high: 0.91, confidence: 0.95 },
  method: { name: 'bootstrap', resamples: 2000, seed: 1, margin: 0.01 },
  verdict: 'faster',
  reason: 'because.',
  warnings: ['mind the gap'],
};

describe('comparisonText', () => {
  it('says the verdict in words with ratio, interval and warnings', () => {
    const text = comparisonText(comparison);
    expect(text).toContain('u2k: b is quicker than a (−10.0 %). because.');
    expect(text).toContain('0.900, 95 % interval 0.890 to 0.910');
    expect(text).toContain('! mind the gap');
  });

  it.each([
    ['slower' as const, 1.1, 'takes longer than a (+10.0 %)'],
    ['equal' as const, 1.001, 'equal within 1.0 %'],
    ['inconclusive' as const, 1.05, 'inconclusive. because.'],
  ])('%s', (verdict, ratio, words) => {
    expect(comparisonText({ ...comparison, verdict, ratio })).toContain(words);
  });

  it('claims nothing without a ratio', () => {
    const empty = { ...side, hosts: [], runs: 0, samples: 0, provenance: [], medianCycles: null };
    const text = comparisonText({ ...comparison, b: empty, ratio: null, interval: null, verdict: 'inconclusive' });
    expect(text).toContain('no ratio');
    expect(text).toContain('no median');
  });
});
