import { describe, expect, it } from '@jest/globals';
import { scheduleSpecSchema, type ScheduleSpecInput } from '#contracts';
import { blackoutAt, latestOf, nextTimes, timesCome } from './index.js';

const spec = (more: Partial<ScheduleSpecInput> = {}) =>
  scheduleSpecSchema.parse({ job: { selector: '*' }, cron: '0 2 * * *', ...more });
const at = (text: string): number => Date.parse(text);
const text = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const next = (more: Partial<ScheduleSpecInput>, after: string, count: number): string[] =>
  nextTimes('nightly', spec(more), at(after), count).map(({ atMs }) => text(atMs));

describe('the next times of a schedule', () => {
  it('are those of its expression after a moment, not at it', () => {
    expect(next({}, '2026-11-27T02:00Z', 2)).toEqual(['2026-11-28T02:00', '2026-11-29T02:00']);
  });

  it('go by the clock of its time zone', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    expect(next(berlin, '2026-10-23T12:00Z', 3)).toEqual(['2026-10-24T00:00', '2026-10-25T00:00', '2026-10-26T01:00']);
  });

  // In Berlin 02:30 comes twice on 25 October 2026 and not at all on 28 March 2027.
  it('come once in a night when the clock is set, forward or back', () => {
    const berlin = { timeZone: 'Europe/Berlin', cron: '30 2 * * *' };
    expect(next(berlin, '2026-10-24T12:00Z', 2).map((one) => one.slice(0, 10))).toEqual(['2026-10-25', '2026-10-26']);
    expect(next(berlin, '2027-03-27T12:00Z', 2).map((one) => one.slice(0, 10))).toEqual(['2027-03-28', '2027-03-29']);
  });

  it('leave blackouts out, weekly and dated', () => {
    const weekend = { blackouts: [{ days: ['sat' as const, 'sun' as const], from: '00:00', to: '00:00' }] };
    expect(next(weekend, '2026-11-27T12:00Z', 1)).toEqual(['2026-11-30T02:00']);
    const freeze = { blackouts: [{ after: '2026-11-28T00:00:00Z', before: '2026-11-30T02:00:00Z' }] };
    expect(next(freeze, '2026-11-27T12:00Z', 1)).toEqual(['2026-11-30T02:00']);
  });

  it('end where every time is in a blackout', () => {
    expect(next({ blackouts: [{ from: '01:00', to: '03:00' }] }, '2026-11-27T12:00Z', 1)).toEqual([]);
  });

  it('are late by less than the jitter, by the same amount whenever asked, and not all alike', () => {
    const ten = (name: string) => nextTimes(name, spec({ jitterMinutes: 60 }), at('2026-11-27T12:00Z'), 10);
    const late = ten('nightly').map(({ dueMs, atMs }) => (atMs - dueMs) / 60_000);
    expect(late.every((minutes) => minutes >= 0 && minutes < 60)).toBe(true);
    expect(new Set(late.map(Math.round)).size).toBeGreaterThan(5);
    expect(ten('nightly')).toEqual(ten('nightly'));
    expect(ten('other')).not.toEqual(ten('nightly'));
  });
});

describe('a blackout', () => {
  it('that begins in the evening lasts into the day after, and only there', () => {
    const nights = spec({ timeZone: 'Europe/Berlin', blackouts: [{ days: ['fri'], from: '22:00', to: '06:00' }] });
    const within = (moment: string): boolean => blackoutAt(nights, at(moment)) !== null;
    // 27 November 2026 is a Friday; Berlin is an hour ahead of UTC.
    expect(['2026-11-27T20:59Z', '2026-11-27T21:00Z', '2026-11-28T04:59Z', '2026-11-28T05:00Z'].map(within)).toEqual([
      ...[false, true, true, false],
    ]);
    expect(within('2026-11-27T04:00Z')).toBe(false);
  });
});

describe('the latest time that has come', () => {
  const latest = (settled: string, now: string, more: Partial<ScheduleSpecInput> = {}) => {
    const due = latestOf(timesCome('nightly', spec(more), at(settled), at(now)));
    return due === null ? null : [text(due.dueMs), due.missed];
  };

  it('is none until it comes, and the time itself at its moment', () => {
    expect(latest('2026-11-27T02:00Z', '2026-11-28T01:59Z')).toBeNull();
    expect(latest('2026-11-27T02:00Z', '2026-11-28T02:00Z')).toEqual(['2026-11-28T02:00', 0]);
  });

  it('counts those before it that nobody settled', () => {
    expect(latest('2026-11-20T02:00Z', '2026-11-28T12:00Z')).toEqual(['2026-11-28T02:00', 7]);
    expect(latest('2020-01-01T00:00Z', '2026-11-28T12:00Z', { cron: '*/5 * * * *' })).toEqual([
      '2026-11-28T12:00',
      1_000,
    ]);
  });

  // A coordinator looks every half hour, and settles what has come.
  const settledBy = (more: Partial<ScheduleSpecInput>, from: string, until: string): string[] => {
    let settledMs = at(from);
    const settled: string[] = [];
    for (let now = settledMs; now < at(until); now += 1_800_000) {
      const due = latestOf(timesCome('nightly', spec(more), settledMs, now));
      if (due === null) continue;
      settledMs = due.dueMs;
      settled.push(text(due.dueMs));
    }
    return settled;
  };

  it('comes once in a night when the clock is set back, and is not left out when it is set forward', () => {
    const berlin = { timeZone: 'Europe/Berlin', cron: '30 2 * * *' };
    expect(settledBy(berlin, '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    expect(settledBy(berlin, '2027-03-27T12:00Z', '2027-03-29T12:00Z')).toEqual([
      '2027-03-28T01:30',
      '2027-03-29T00:30',
    ]);
    // Half an hour, at two.
    const howe = { timeZone: 'Australia/Lord_Howe', cron: '45 1 * * *' };
    expect(settledBy(howe, '2027-04-03T00:00Z', '2027-04-05T00:00Z')).toEqual(['2027-04-03T14:45', '2027-04-04T15:15']);
  });

  it('comes next on the day after, asked between the two that the clock shows alike', () => {
    const berlin = { timeZone: 'Europe/Berlin', cron: '30 2 * * *' };
    expect(next(berlin, '2026-10-25T00:30Z', 1)).toEqual(['2026-10-26T01:30']);
    expect(next(berlin, '2026-10-25T01:10Z', 1)).toEqual(['2026-10-26T01:30']);
  });

  it('is one outside of blackouts where there is one, although another came later', () => {
    const noon = { cron: '0 */6 * * *', blackouts: [{ from: '11:00', to: '13:00' }] };
    expect(latest('2026-11-28T00:00Z', '2026-11-28T13:30Z', noon)).toEqual(['2026-11-28T06:00', 0]);
    expect(latest('2026-11-28T06:00Z', '2026-11-28T13:30Z', noon)).toEqual(['2026-11-28T12:00', 0]);
  });

  it('waits for its jitter', () => {
    const more = { jitterMinutes: 600 };
    const [due] = nextTimes('nightly', spec(more), at('2026-11-27T12:00Z'), 1);
    const before = new Date((due?.atMs ?? 0) - 1).toISOString();
    expect(latest('2026-11-27T02:00Z', before, more)).toBeNull();
    expect(latest('2026-11-27T02:00Z', new Date(due?.atMs ?? 0).toISOString(), more)).toEqual(['2026-11-28T02:00', 0]);
  });
});
