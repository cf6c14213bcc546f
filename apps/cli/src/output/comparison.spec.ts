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
  medianNs: 200,
  runMedians: [],
};
const comparison: Comparison = {
  probe: 'pf',
  metric: 'u2k',
  a: side,
  b: { ...side, medianCycles: 396 },
  unit: 'cycles',
  ratio: 0.9,
  ratioCycles: 0.9,
  ratioNs: 0.9,
  interval: { low: 0.89, high: 0.91, confidence: 0.95 },
  method: { name: 'a method', margin: 0.01 },
  verdict: 'faster',
  reason: 'because.',
  scope: 'speaks for these runs',
  warnings: ['mind the gap'],
};

describe('comparisonText', () => {
  it('says the verdict in words with ratio, interval and warnings', () => {
    const text = comparisonText(comparison);
    expect(text).toContain('u2k: b is faster than a (−10.0 % in TSC cycles). because.');
    expect(text).toContain('b/a 0.900 in TSC cycles and in ns, 95 % interval 0.890 to 0.910');
    expect(text).toContain('median 440 TSC cycles, 200 ns; 10 runs on 1 host (h), 1,000 samples,\n     simulated');
    expect(text).toContain('speaks for these runs');
    expect(text).toContain('! mind the gap');
  });

  it.each([
    ['slower' as const, 1.1, 'b is slower than a (+10.0 % in TSC cycles)'],
    ['equal' as const, 1.001, 'b and a are equal within ± 1.0 %'],
    ['inconclusive' as const, 1.05, 'inconclusive whether b is slower or faster than a. because.'],
  ])('%s', (verdict, ratio, words) => {
    expect(comparisonText({ ...comparison, verdict, ratio })).toContain(words);
  });

  it('shows both units where the clocks differ, and names a few of many hosts', () => {
    const hosts = Array.from({ length: 10_000 }, (_, i) => `host-${i}`);
    const inNs = { ...comparison, a: { ...side, hosts }, unit: 'ns' as const, ratio: 0.94, ratioCycles: 0.898 };
    const text = comparisonText(inNs);
    expect(text).toContain('b/a 0.940 in ns (0.898 in TSC cycles)');
    expect(text).toContain('(−6.0 % in ns)');
    expect(text.replace(/\s+/g, ' ')).toContain('10,000 hosts (host-0, host-1, host-2 and 9,997 more)');
  });

  it('fits into 80 columns', () => {
    const reason = 'a word or two and another '.repeat(20);
    const text = comparisonText({ ...comparison, reason, scope: reason, warnings: [reason] });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('claims nothing without a ratio', () => {
    const empty = { ...side, hosts: [], runs: 0, samples: 0, provenance: [], medianCycles: null, medianNs: null };
    const text = comparisonText({ ...comparison, b: empty, ratio: null, interval: null, verdict: 'inconclusive' });
    expect(text).toContain('no ratio');
    expect(text).toContain('no median');
  });
});
