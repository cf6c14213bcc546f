import { describe, expect, it } from '@jest/globals';
import type { StoredFinding } from './known-findings.js';
import { nextStep, type Standing } from './next-step.js';

const dayMs = 86_400_000;
const today = 200;
const tried = (number: number): StoredFinding['tries'][number] => ({
  ...{ try: number, jobId: `job${number}`, hosts: ['h1'], controlHosts: ['s1', 's2', 's3'], faults: 100 },
  figures: {
    ...{ verdict: 'inconclusive', ratio: 1.03, interval: null, method: null, hosts: 1, controlHosts: 3, runs: 10 },
    reason: 'as it is',
  },
});

/** A suspicion that so many tries did not confirm, the last so many days ago. */
function suspicion(tries: number, askedDaysAgo: number | null, more: Partial<StoredFinding> = {}): StoredFinding {
  const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
  return {
    findingId: 'a',
    movement: { kind: 'step', direction: 'up', fromDay: dateOf(150), toDay: dateOf(150), hosts: ['h1'] },
    basis: { from: dateOf(136), to: dateOf(163), digest: '' },
    tries: Array.from({ length: tries }, (_, i) => tried(i + 1)),
    ...{ heldUp: null, acknowledged: null, expected: null, mutedUntil: null, confirmed: false },
    ...{ resolved: false, withdrawn: false, wentAway: false, endedDay: null },
    lastAskedMs: askedDaysAgo === null ? null : (today - askedDaysAgo) * dayMs,
    ...more,
  } as StoredFinding;
}

const standing = (more: Partial<Standing> = {}): Standing => ({
  ...{ seen: true, undone: null, gone: null, nowMs: today * dayMs, ...more },
});

describe('a suspicion that a look still sees', () => {
  it('is measured at once, after a week, and after four more, so that a creep’s last try is not spent on its beginning', () => {
    expect(nextStep(suspicion(0, null), standing())).toBe('measure');
    expect([6, 7].map((days) => nextStep(suspicion(1, days), standing()))).toEqual([null, 'measure']);
    expect([7, 27, 28].map((days) => nextStep(suspicion(2, days), standing()))).toEqual([null, null, 'measure']);
    expect(nextStep(suspicion(3, 100), standing())).toBeNull();
  });

  it('is left alone where it is expected, has ended, or its runs are under way', () => {
    const underWay = { ...tried(1), figures: null };
    for (const more of [{ expected: '' }, { withdrawn: true }, { resolved: true }, { tries: [underWay] }])
      expect(nextStep(suspicion(0, null, more), standing())).toBeNull();
  });
});

describe('what a look does not see any more', () => {
  it('went away, was undone by other data, or faded where a look would see it for sure', () => {
    expect(nextStep(suspicion(0, null), standing({ gone: 'back' }))).toEqual({ type: 'goAway', how: 'back' });
    expect(nextStep(suspicion(0, null), standing({ undone: 'late runs', gone: 'back' }))).toEqual({
      ...{ type: 'withdraw', reason: 'late runs' },
    });
    const unseen = standing({ seen: false });
    expect(nextStep(suspicion(0, null), unseen)).toMatchObject({ type: 'withdraw' });
    expect(nextStep(suspicion(0, null, { confirmed: true }), unseen)).toBeNull();
  });
});
