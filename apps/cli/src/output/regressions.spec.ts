import { describe, expect, it } from '@jest/globals';
import type { Regression, Regressions } from '#contracts';
import { knownChangesText } from './known-changes.js';
import { regressionsText } from './regressions.js';

const step: Regression = {
  ...{ kind: 'step', direction: 'up', ratio: 1.064, fromDay: '2026-09-12', toDay: '2026-09-12', p: 1e-9 },
  ...{ hosts: ['h1', 'h2', 'h3', 'h4'], executor: 'stock-host', provenance: 'measured', firstRuns: [] },
  common: [{ field: 'generation', value: 'Zen-3', moved: 4, of: 4 }],
  suspects: [],
  ...{ status: 'unconfirmed', reason: 'no fresh runs were made since', confirm: 'xf submit --host h1' },
};
const all: Regressions = {
  ...{ probe: 'pf', metric: 'u2k', since: '2026-08-01T00:00:00.000Z', until: '2026-11-01T00:00:00.000Z' },
  ...{ series: 20, tooShort: 0, found: [step] },
};

describe('regressions', () => {
  it('say what, when, who, what they have in common, and that nothing has confirmed it', () => {
    const text = regressionsText(all);
    expect(text).toBe(
      [
        'pf u2k from 2026-08-01 to 2026-11-01: 20 series looked at',
        '2026-09-12  slower by +6.4 %, 4 hosts (h1, h2, h3 and 1 more)',
        '  in common: generation=Zen-3 (4 of 4)',
        '  changed in the two weeks before: nothing that is known',
        '  unconfirmed: no fresh runs were made since',
        '  xf submit --host h1',
      ].join('\n'),
    );
  });

  it('name an interval where the data can not tell the day, a creep, and noise', () => {
    const found = [
      { ...step, fromDay: '2026-09-10' },
      { ...step, kind: 'creep' as const, fromDay: '2026-09-01', toDay: '2026-10-01' },
      { ...step, kind: 'noise' as const, ratio: 2.5 },
    ];
    const text = regressionsText({ ...all, found });
    expect(text).toContain('2026-09-10 to 2026-09-12, one of these days  slower by +6.4 %');
    expect(text).toContain('2026-09-01 to 2026-10-01, bit by bit  slower by +6.4 %');
    expect(text).toContain('about 2026-09-12  runs scatter 2.5 times more than before');
    expect(regressionsText({ ...all, found: [], tooShort: 3 })).toContain('nothing changed without a known cause');
  });
});

describe('known changes', () => {
  it('say what each did, and why', () => {
    const text = knownChangesText({
      ...{ probe: 'pf', metric: 'u2k', since: all.since, until: all.until, cut: false },
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
