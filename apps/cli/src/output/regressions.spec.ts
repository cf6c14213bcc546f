import { describe, expect, it } from '@jest/globals';
import { type Findings, findingStateSchema, type FindingView } from '#contracts';
import { knownChangesText } from './known-changes.js';
import { findingsText, findingText } from './regressions.js';

const step: FindingView = {
  ...{ findingId: '018f3f5e-0000-7000-8000-000000000001', state: 'open', kind: 'step', direction: 'up' },
  ...{ probe: 'pf', metric: 'u2k', alsoIn: [{ probe: 'pf', metric: 'k2u', ratio: 1.05 }] },
  ...{ executor: 'stock-host', provenance: 'measured', ratio: 1.064, beforeNs: 65.6, effectNs: 4.2, p: 1e-9 },
  ...{ interval: { low: 1.05, high: 1.07, confidence: 0.95 }, fromDay: '2026-09-12', toDay: '2026-09-12' },
  ...{ hosts: ['h1', 'h2', 'h3', 'h4'], generations: ['Zen-3'], firstRuns: [] },
  ...{ common: [{ field: 'generation', value: 'Zen-3', moved: 4, of: 4 }], suspects: [] },
  ...{ suspectedAt: '2026-09-16T03:00:00.000Z', confirmedAt: '2026-09-16T04:00:00.000Z' },
  ...{ changedAt: '2026-09-16T04:00:00.000Z', heldUp: null, confirmation: null },
  ...{ acknowledged: null, expected: null, muted: null, resolved: null, withdrawn: null },
};
const counts = Object.fromEntries(findingStateSchema.options.map((state) => [state, 0])) as Findings['counts'];
const page = (...items: FindingView[]): Findings => ({ items, nextCursor: null, counts: { ...counts, suspected: 2 } });

describe('regressions', () => {
  it('are a line each, with what is not listed counted', () => {
    expect(
      findingsText(page(step))
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      'finding       state  since       change           of      hosts',
      '000000000001  open   2026-09-12  +6.4 %, +4.2 ns  pf u2k  h1 +3',
      'also 2 suspected: xf regressions --state all',
    ]);
    expect(findingsText(page())).toBe('no such finding\nalso 2 suspected: xf regressions --state all');
  });

  it('name an interval where the data can not tell the day, a creep, and noise', () => {
    const text = findingsText(
      page(
        { ...step, fromDay: '2026-09-10' },
        { ...step, kind: 'creep', fromDay: '2026-09-01', toDay: '2026-10-01' },
        { ...step, kind: 'noise', ratio: 2.5, effectNs: null },
      ),
    );
    expect(text).toContain('2026-09-10 …  +6.4 %, +4.2 ns');
    expect(text).toContain('2026-09-01 …  creep +6.4 %, +4.2 ns');
    expect(text).toContain('2026-09-12    scatter × 2.5');
    for (const line of text.split('\n')) expect(line.trimEnd().length).toBeLessThanOrEqual(80);
  });

  it('say of noise how many days it rests on, and that nothing confirmed it', () => {
    const noise = { ...step, kind: 'noise' as const, ratio: 2.5, effectNs: null, days: { before: 59, after: 141 } };
    const alsoIn = [{ probe: 'pf' as const, metric: 'k2u' as const, ratio: 2.958 }];
    const told = {
      history: [],
      levels: [],
      trends: '/v1/trends?a=b',
      commands: { trends: 'xf trends', compare: null },
    };
    const lines = findingText({ ...noise, alsoIn, ...told }).replaceAll(/\s+/g, ' ');
    expect(lines).toContain('also in pf k2u runs scatter 3.0 times more than before');
    expect(lines).toContain(
      'by how the runs of 59 days before and 141 since scatter; noise is not confirmed by fresh runs',
    );
  });

  it('say of one that somebody has seen that nothing confirmed it', () => {
    const seen = { ...step, state: 'acknowledged' as const, confirmedAt: null };
    expect(findingsText(page(seen))).toContain('acknowledged, not confirmed');
  });

  it('are shown one by one with what is known, what fresh runs said, and their history', () => {
    const figures = {
      ...{
        verdict: 'slower' as const,
        ratio: 1.061,
        interval: { low: 1.05, high: 1.07, confidence: 0.983 },
        method: 'm',
      },
      ...{ hosts: 4, controlHosts: 10, runs: 40, reason: 'it is' },
    };
    const jobId = '018f3f5e-0000-7000-8000-0000000000aa';
    const asked = { jobId, try: 1, hosts: ['h1'], controlHosts: ['c1'], askedAt: step.suspectedAt };
    const detail = {
      ...{ ...step, confirmation: { ...asked, figures } },
      history: [{ event: 'RegressionSuspected', at: step.suspectedAt, by: 'xperf-fleet', text: 'a look found it' }],
      ...{ levels: [], trends: '/v1/trends?a=b', commands: { trends: 'xf trends', compare: 'xf compare A B' } },
    };
    expect(findingText(detail)).toBe(
      [
        'finding 018f3f5e-0000-7000-8000-000000000001: open, slower by +6.4 % (+4.2 ns),',
        '2026-09-12',
        '  pf u2k (stock-host, measured), 4 hosts (h1, h2, h3 and 1 more)',
        '  level 65.6 ns before, 69.8 ns since: grouped medians, not those of xf trends',
        '  by the days that it was found in: ratio 1.050 to 1.070',
        '  also in pf k2u +5.0 %',
        '  in common: generation=Zen-3 (4 of 4)',
        '  changed in the two weeks before: nothing that is known',
        '  confirmed by job 0000000000aa: +6.1 %, ratio 1.050 to 1.070; it is',
        '  history:',
        '    2026-09-16 03:00:00Z xperf-fleet: a look found it',
        '  xf trends',
        '  xf compare A B',
      ].join('\n'),
    );
    expect(findingText({ ...detail, confirmation: null, heldUp: 'waits for hosts' })).toContain('  waits for hosts');
  });
});

describe('known changes', () => {
  it('say what each did, and why', () => {
    const text = knownChangesText({
      ...{
        probe: 'pf',
        metric: 'u2k',
        since: '2026-08-01T00:00:00.000Z',
        until: '2026-11-01T00:00:00.000Z',
        cut: false,
      },
      changes: [
        {
          ...{
            kind: 'boot-state',
            from: '2026-09-12T01:00:00.000Z',
            to: '2026-09-12T02:00:00.000Z',
            hosts: ['h1'],
            hostCount: 1,
          },
          fields: [{ field: 'microcode', from: '0x1', to: '0x2' }],
          ...{
            verdict: 'slower',
            reason: 'it does',
            ratio: 1.04,
            interval: { low: 1.02, high: 1.06, confidence: 0.95 },
          },
          ...{ method: 'm', compared: { hosts: 1, days: 28, controlHosts: 5 }, repeat: null },
        },
      ],
    });
    expect(text).toBe(
      [
        'pf u2k, changes of boot states from 2026-08-01 to 2026-11-01',
        '2026-09-12  microcode 0x1 → 0x2 on 1 host (h1)',
        '  slower: +4.0 %, after / before 1.020 to 1.060',
        '  it does; 1 host compared, 28 days, beside 5 control hosts',
      ].join('\n'),
    );
  });
});
