import { CronExpressionParser } from 'cron-parser';
import { type Blackout, type ScheduleSpec, type Weekday, weekdays } from '#contracts';
import { spreadText } from './seed.js';

const minuteMs = 60_000;
const dayMinutes = 1_440;
/** A schedule that is not due within so many of its times, or so long, never is. */
const timesLookedAt = 2_000;
const longestMs = 5 * 366 * 86_400_000;

type Cron = Pick<ScheduleSpec, 'cron' | 'timeZone'>;
/** What a schedule's times follow from. */
export type SchedulePlan = Pick<ScheduleSpec, 'cron' | 'timeZone' | 'jitterMinutes' | 'blackouts'>;

/** ms since 1970 of times after `after`, in their order; it ends where the expression does. */
function* timesAfter({ cron, timeZone }: Cron, afterMs: number): Generator<number, void> {
  const times = CronExpressionParser.parse(cron, { currentDate: new Date(afterMs), tz: timeZone });
  for (let count = 0; count < timesLookedAt; count += 1) {
    const next = nextOf(() => times.next().getTime());
    if (next === null || next > afterMs + longestMs) return;
    yield next;
  }
}

/** The parser throws where there is none. */
function nextOf(next: () => number): number | null {
  try {
    return next();
  } catch {
    return null;
  }
}

/** How much later than due a schedule's job is submitted, ms: by chance, but the same whenever it is asked. */
export function jitterMs(name: string, dueMs: number, { jitterMinutes }: Pick<ScheduleSpec, 'jitterMinutes'>): number {
  return Math.floor((spreadText(`${name}/${dueMs}`) / 2 ** 32) * jitterMinutes * minuteMs);
}

/** Day of the week and minute of the day in a time zone. */
function wallClock(atMs: number, timeZone: string): { day: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = weekdays.indexOf((parts.weekday ?? '').toLowerCase() as Weekday);
  return { day, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function holds(blackout: Blackout, atMs: number, timeZone: string): boolean {
  if ('after' in blackout) return atMs >= Date.parse(blackout.after) && atMs < Date.parse(blackout.before);
  const { day, minute } = wallClock(atMs, timeZone);
  const [from, to] = [minuteOf(blackout.from), minuteOf(blackout.to)];
  const length = (to - from + dayMinutes) % dayMinutes || dayMinutes;
  const begins = (dayIndex: number): boolean => {
    const weekday = weekdays[(dayIndex + 7) % 7];
    return blackout.days === undefined || (weekday !== undefined && blackout.days.includes(weekday));
  };
  const since = minute - from;
  return (since >= 0 && since < length && begins(day)) || (since + dayMinutes < length && begins(day - 1));
}

/** The blackout that a moment is in, in words; null when in none. */
export function blackoutAt({ blackouts, timeZone }: SchedulePlan, atMs: number): string | null {
  const blackout = blackouts.find((one) => holds(one, atMs, timeZone));
  if (blackout === undefined) return null;
  if ('after' in blackout) return `${blackout.after} to ${blackout.before}`;
  return `${(blackout.days ?? ['every day']).join(', ')} ${blackout.from} to ${blackout.to} (${timeZone})`;
}

/** A time that a schedule is due, and when its job is then submitted; ms since 1970. */
export interface Due {
  dueMs: number;
  atMs: number;
}

/** The next times after a moment at which a job is submitted; fewer than asked for where there are no more. */
export function nextTimes(name: string, spec: SchedulePlan, afterMs: number, count: number): Due[] {
  const found: Due[] = [];
  for (const dueMs of timesAfter(spec, afterMs)) {
    const atMs = dueMs + jitterMs(name, dueMs, spec);
    if (blackoutAt(spec, atMs) === null) found.push({ dueMs, atMs });
    if (found.length === count) break;
  }
  return found;
}

/** Times that came since a moment, up to so many. */
const mostMissed = 1_000;

/**
 * The latest time after `settledMs` whose moment has come by now, in a blackout or not, and how many outside of blackouts came before it,
 * counted up to 1,000; null when none has.
 */
export function latestDue(
  name: string,
  spec: SchedulePlan,
  settledMs: number,
  nowMs: number,
): (Due & { missed: number }) | null {
  const back = CronExpressionParser.parse(spec.cron, { currentDate: new Date(nowMs + 1), tz: spec.timeZone });
  let latest: Due | null = null;
  let missed = 0;
  for (let count = 0; count < timesLookedAt; count += 1) {
    const dueMs = nextOf(() => back.prev().getTime());
    if (dueMs === null || dueMs <= settledMs || missed >= mostMissed) break;
    const atMs = dueMs + jitterMs(name, dueMs, spec);
    if (latest === null && atMs <= nowMs) latest = { dueMs, atMs };
    else if (latest !== null && blackoutAt(spec, atMs) === null) missed += 1;
  }
  return latest === null ? null : { ...latest, missed };
}

/** ms between the nearest of a schedule's next times. */
export function shortestGapMs(spec: Cron, fromMs: number): number {
  let [before, shortest] = [NaN, Infinity];
  let count = 0;
  for (const time of timesAfter(spec, fromMs)) {
    if (time - before < shortest) shortest = time - before;
    before = time;
    count += 1;
    if (count === 200) break;
  }
  return shortest;
}
