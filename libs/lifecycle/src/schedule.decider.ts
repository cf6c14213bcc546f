import { CronExpressionParser } from 'cron-parser';
import { isEventOf, type ScheduleEvent, type ScheduleSpec, scheduleStream } from '#contracts';
import { canonicalJson } from './boot-state-hash.js';
import type { Decider } from './decider.js';
import { FieldRefused, Refused } from './refused.js';
import { nextTimes, shortestGapMs } from './schedule-times.js';

/** A schedule as its stream tells it. */
export interface KnownSchedule {
  name: string;
  spec: ScheduleSpec;
  state: 'active' | 'paused' | 'removed';
  /** The latest time that is settled: a job was submitted for it, or none will be. ISO 8601. */
  settledAt: string;
  /** The job that was submitted last. */
  lastJobId: string | null;
}
export type Schedule = 'new' | KnownSchedule;

export type ScheduleCommand =
  /** `now`: ISO 8601; what is due before it is not made up for. */
  | { type: 'set'; name: string; spec: ScheduleSpec; now: string }
  | { type: 'pause'; note: string | null }
  /** What was due while it was paused is not made up for. */
  | { type: 'resume'; now: string }
  | { type: 'remove'; note: string | null }
  | { type: 'fire'; dueAt: string; jobId: string; missed: number }
  | { type: 'skip'; dueAt: string; reason: string; missed: number };

function checkCron({ cron, timeZone }: ScheduleSpec): void {
  const remedy = 'write minute, hour, day of month, month and day of week: "0 2 * * *" is every night at two';
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) throw new FieldRefused('cron', `"${cron}" has ${fields.length} of five fields`, remedy);
  try {
    CronExpressionParser.parse(cron, { tz: timeZone });
  } catch (error) {
    throw new FieldRefused('cron', `"${cron}" is no cron expression: ${(error as Error).message}`, remedy);
  }
}

/** @throws FieldRefused for one that can't be read or never fires */
function checkSpec(name: string, spec: ScheduleSpec, nowMs: number): void {
  checkCron(spec);
  if (nextTimes(name, { ...spec, blackouts: [] }, nowMs, 1).length === 0)
    throw new FieldRefused('cron', `"${spec.cron}" never comes`, 'name a day that the calendar has');
  if (nextTimes(name, spec, nowMs, 1).length === 0)
    throw new FieldRefused(
      'blackouts',
      'every time of the schedule falls into a blackout, so it would never fire',
      'shorten a blackout, or let the schedule be due at another time',
    );
  const gapMinutes = shortestGapMs(spec, nowMs) / 60_000;
  if (spec.jitterMinutes >= gapMinutes)
    throw new FieldRefused(
      'jitterMinutes',
      `${spec.jitterMinutes} is not less than the ${gapMinutes} minutes from one time of the schedule to the next`,
      `take less than ${gapMinutes}`,
    );
}

function set({ name, spec, now }: Extract<ScheduleCommand, { type: 'set' }>, schedule: Schedule): ScheduleEvent[] {
  const same =
    schedule !== 'new' && schedule.state !== 'removed' && canonicalJson(schedule.spec) === canonicalJson(spec);
  if (same) return [];
  checkSpec(name, spec, Date.parse(now));
  return [{ type: 'ScheduleSet', data: { name, spec, from: now } }];
}

/** @throws Refused for a schedule that there is not; FieldRefused for a spec that is none. */
function decide(command: ScheduleCommand, schedule: Schedule): ScheduleEvent[] {
  if (command.type === 'set') return set(command, schedule);
  if (schedule === 'new') throw new Refused('unknown-schedule', 'there is no such schedule');
  const { name, state, settledAt } = schedule;
  switch (command.type) {
    case 'fire': {
      const { dueAt, jobId, missed } = command;
      return dueAt > settledAt ? [{ type: 'ScheduleFired', data: { name, dueAt, jobId, missed } }] : [];
    }
    case 'skip': {
      const { dueAt, reason, missed } = command;
      return dueAt > settledAt ? [{ type: 'ScheduleSkipped', data: { name, dueAt, reason, missed } }] : [];
    }
    case 'remove':
      return state === 'removed' ? [] : [{ type: 'ScheduleRemoved', data: { name, note: command.note } }];
    case 'pause':
    case 'resume':
      if (state === 'removed') throw new Refused('schedule-removed', `schedule ${name} was removed`);
      if (command.type === 'pause')
        return state === 'paused' ? [] : [{ type: 'SchedulePaused', data: { name, note: command.note } }];
      return state === 'active' ? [] : [{ type: 'ScheduleResumed', data: { name, from: command.now } }];
  }
}

function evolve(before: Schedule, event: ScheduleEvent): Schedule {
  if (event.type === 'ScheduleSet') {
    const { name, spec, from } = event.data;
    // Paused stays paused: somebody had a reason.
    const state = before !== 'new' && before.state === 'paused' ? 'paused' : 'active';
    return { name, spec, state, settledAt: from, lastJobId: before === 'new' ? null : before.lastJobId };
  }
  if (before === 'new') throw new Error(`the schedule's stream is broken: ${event.type} before ScheduleSet`);
  switch (event.type) {
    case 'SchedulePaused':
      return { ...before, state: 'paused' };
    case 'ScheduleResumed':
      return { ...before, state: 'active', settledAt: event.data.from };
    case 'ScheduleRemoved':
      return { ...before, state: 'removed' };
    case 'ScheduleFired':
      return { ...before, settledAt: event.data.dueAt, lastJobId: event.data.jobId };
    case 'ScheduleSkipped':
      return { ...before, settledAt: event.data.dueAt };
  }
}

export const scheduleDecider: Decider<Schedule, ScheduleCommand, ScheduleEvent> = {
  stream: scheduleStream,
  initial: 'new',
  owns: (event) => isEventOf('schedule', event),
  evolve,
  decide,
};
