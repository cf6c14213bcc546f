import { describe, expect, it } from '@jest/globals';
import { scheduleSpecSchema, type ScheduleSpecInput } from '#contracts';
import { Refused, type Schedule, type ScheduleCommand, scheduleDecider } from './index.js';

const now = '2026-11-27T12:00:00.000Z';
const jobId = '018f3f5e-0000-7000-8000-000000000001';
const spec = (more: Partial<ScheduleSpecInput> = {}) =>
  scheduleSpecSchema.parse({ job: { selector: '*' }, cron: '0 2 * * *', ...more });
const set = (more: Partial<ScheduleSpecInput> = {}, at = now): ScheduleCommand => ({
  ...{ type: 'set', name: 'nightly', spec: spec(more), now: at },
});
const fire = (dueAt: string): ScheduleCommand => ({ type: 'fire', dueAt, jobId, missed: 0 });
const skip = (dueAt: string): ScheduleCommand => ({ type: 'skip', dueAt, reason: 'as it is', missed: 0 });
const pause: ScheduleCommand = { type: 'pause', note: null };
const remove: ScheduleCommand = { type: 'remove', note: null };
const resume = (at: string): ScheduleCommand => ({ type: 'resume', now: at });
const [first, second] = ['2026-11-28T02:00:00.000Z', '2026-11-29T02:00:00.000Z'];

const after = (...commands: ScheduleCommand[]): Schedule =>
  commands.reduce<Schedule>(
    (state, command) => scheduleDecider.decide(command, state).reduce(scheduleDecider.evolve, state),
    scheduleDecider.initial,
  );
const types = (command: ScheduleCommand, state: Schedule): string[] =>
  scheduleDecider.decide(command, state).map(({ type }) => type);

describe('a schedule', () => {
  it('is set once as long as it is the same', () => {
    expect(types(set(), 'new')).toEqual(['ScheduleSet']);
    expect(types(set(), after(set()))).toEqual([]);
    expect(types(set({ cron: '0 3 * * *' }), after(set()))).toEqual(['ScheduleSet']);
  });

  it('settles each time once, and none again that is before', () => {
    const fired = after(set(), fire(second));
    expect(types(fire(second), fired)).toEqual([]);
    expect(types(skip(second), fired)).toEqual([]);
    expect(types(fire(first), fired)).toEqual([]);
    expect(types(skip(first), after(set()))).toEqual(['ScheduleSkipped']);
  });

  it('does not make up for what was due before it was set, changed or resumed', () => {
    expect(types(fire('2026-11-27T02:00:00.000Z'), after(set()))).toEqual([]);
    expect(types(fire(first), after(set(), set({ cron: '0 3 * * *' }, second)))).toEqual([]);
    expect(types(fire(first), after(set(), pause, resume(second)))).toEqual([]);
  });

  it('stays paused when it is changed', () => {
    expect(after(set(), pause, set({ cron: '0 3 * * *' }))).toMatchObject({ state: 'paused' });
    expect(types(pause, after(set(), pause))).toEqual([]);
  });

  it('once removed is neither paused nor resumed, and set again it is active', () => {
    const removed = after(set(), pause, remove);
    expect(types(remove, removed)).toEqual([]);
    expect(() => types(pause, removed)).toThrow(Refused);
    expect(() => types(resume(second), removed)).toThrow(Refused);
    expect(after(set(), pause, remove, set())).toMatchObject({ state: 'active' });
  });

  it('that there is not can only be set', () => {
    for (const command of [pause, remove, resume(now), fire(first), skip(first)])
      expect(() => types(command, 'new')).toThrow(Refused);
  });
});

describe('a schedule that can not be', () => {
  const refusal = (more: Partial<ScheduleSpecInput>): unknown => {
    try {
      scheduleDecider.decide(set(more), 'new');
      return null;
    } catch (error) {
      return { field: (error as { field: string }).field, message: (error as Error).message };
    }
  };

  it('names what is wrong with its expression', () => {
    expect(refusal({ cron: '0 2 * *' })).toEqual({ field: 'cron', message: '"0 2 * *" has 4 of five fields' });
    expect(refusal({ cron: '@daily' })).toMatchObject({ field: 'cron' });
    expect(refusal({ cron: '0 25 * * *' })).toMatchObject({ field: 'cron' });
    expect(refusal({ cron: '0 0 30 2 *' })).toMatchObject({ field: 'cron' });
  });

  it('says that it never fires', () => {
    expect(refusal({ blackouts: [{ from: '01:00', to: '03:00' }] })).toEqual({
      ...{ field: 'blackouts', message: 'every time of the schedule falls into a blackout, so it would never fire' },
    });
  });

  it('has less jitter than there is from one time to the next', () => {
    expect(refusal({ cron: '*/30 * * * *', jitterMinutes: 30 })).toMatchObject({ field: 'jitterMinutes' });
    expect(refusal({ cron: '*/30 * * * *', jitterMinutes: 29 })).toBeNull();
  });
});
