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
  resolution: 0.0023,
  runMedians: [],
};
const effect = {
  ...{ a: 440, b: 396, difference: -44, ratio: 0.9 },
  ...{ ratioInterval: { low: 0.89, high: 0.91 }, differenceInterval: { low: -48.4, high: -39.6 } },
};
const comparison: Comparison = {
  probe: 'pf',
  metric: 'u2k',
  a: side,
  b: { ...side, medianCycles: 396, copies: 2 },
  unit: 'cycles',
  ratio: 0.9,
  effects: { ns: { ...effect, a: 200, b: 180, difference: -20 }, cycles: effect, coreCycles: null },
  interval: { low: 0.89, high: 0.91, confidence: 0.95 },
  method: { name: 'a method', margin: 0.01, pool: [], allow: [] },
  verdict: 'faster',
  sentence: 'b is faster than a (−10.0 % in TSC cycles)',
  reason: 'because.',
  refusals: [],
  scope: 'speaks for these runs',
  differences: [
    { field: 'generation', standing: 'compared', a: [{ value: 'X', runs: 10 }], b: [{ value: 'Y', runs: 10 }] },
    { field: 'cpuid', standing: 'implied', a: [{ value: '6-1-1', runs: 10 }], b: [{ value: null, runs: 10 }] },
  ],
  mixtures: [
    {
      ...{ field: 'kernel', side: 'a', standing: 'pooled' },
      values: [
        { value: '6.1.0', runs: 6 },
        { value: '6.1.1', runs: 4 },
      ],
    },
  ],
  leftOut: [],
  ...{ control: null, modelBand: null },
  more: null,
  warnings: ['mind the gap'],
  repeat: { command: 'xf compare a b', path: '/#/compare?a=a&b=b' },
};

describe('comparisonText', () => {
  it('puts the models’ band and the control hosts beside the interval', () => {
    const text = comparisonText({
      ...comparison,
      modelBand: { low: 0.8182, high: 1.2222, a: ['haswell-ep'], b: ['zen3'] },
      control: { selector: 'role=control', hosts: ['c1', 'c2', 'c3'], runs: 60 },
    }).replace(/\s+/g, ' ');
    expect(text).toContain(
      'the models of haswell-ep and zen3 may be off: the true ratio lies between 0.818 and 1.222 times this one',
    );
    expect(text).toContain('control hosts: role=control, 3 hosts (c1, c2, c3), 60 runs');
  });

  it('says the verdict in words with ratio, interval and warnings', () => {
    const text = comparisonText(comparison);
    expect(text).toContain('u2k: b is faster than a (−10.0 % in TSC cycles); because.');
    expect(text).toMatch(/TSC cycles +440 +396 +−44\.0 +−48\.4 to −39\.6 +0\.900 +0\.890 to 0\.910/);
    expect(text.indexOf('TSC cycles  440')).toBeLessThan(text.indexOf('ns          200'));
    expect(text).toContain('median 440 TSC cycles, 200 ns; 10 runs on 1 host (h), 1,000 samples,\n     simulated');
    expect(text.replace(/\s+/g, ' ')).toContain('1,000 samples, 2 copies left out, simulated');
    expect(text.replace(/\s+/g, ' ')).toContain(
      'the sides differ in – compared: generation (X against Y); implied by other fields or by the host: cpuid',
    );
    expect(text).toContain('a is mixed in – pooled: kernel (6.1.0 and 6.1.1)');
    expect(text).toContain('the TSCs can’t show a change of less than 0.23 % of a, 0.23 % of b');
    expect(text).toContain('speaks for these runs');
    expect(text).toContain('! mind the gap');
  });

  it('names a few of many hosts', () => {
    const hosts = Array.from({ length: 10_000 }, (_, i) => `host-${i}`);
    const text = comparisonText({ ...comparison, a: { ...side, hosts } });
    expect(text.replace(/\s+/g, ' ')).toContain('10,000 hosts (host-0, host-1, host-2 and 9,997 more)');
  });

  it('says how to ask the same again, in lines that can be copied', () => {
    const lines = comparisonText(comparison, 'http://127.0.0.1:3000').split('\n');
    expect(lines).toContain('  xf compare a b');
    expect(lines).toContain('  http://127.0.0.1:3000/#/compare?a=a&b=b');
  });

  it('says what is refused and what to do', () => {
    const refusals = [
      {
        kind: 'differs' as const,
        side: null,
        field: 'microcode',
        reason: 'differs',
        remedy: 'say so (--allow microcode)',
      },
    ];
    const text = comparisonText({ ...comparison, refusals, ratio: null, interval: null });
    expect(text).toContain('→ say so (--allow microcode)');
    expect(text).not.toContain('0.900');
  });

  it('fits into 80 columns', () => {
    const reason = 'a word or two and another '.repeat(20);
    const text = comparisonText({ ...comparison, reason, scope: reason, warnings: [reason] });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('claims nothing without a ratio', () => {
    const empty = { ...side, hosts: [], runs: 0, samples: 0, provenance: [], medianCycles: null, medianNs: null };
    const effects = { ns: null, cycles: null, coreCycles: null };
    const text = comparisonText({
      ...comparison,
      b: empty,
      ratio: null,
      interval: null,
      effects,
      verdict: 'inconclusive',
    });
    expect(text).toContain('no ratio');
    expect(text).toContain('no runs');
  });
});
