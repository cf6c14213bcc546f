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

/** Times are looked for from so long before, where the clock is set: longer than any zone sets it back by. */
const setBackMs = 4 * 60 * minuteMs;

/**
 * Where the parser begins. While the clock is set back it gives a time of the hour that comes twice once if it sees both, and again if
 * it begins between them.
 */
function beginOf(afterMs: number, timeZone: string): number {
  const before = wallClock(afterMs - setBackMs, timeZone).minute;
  const later = wallClock(afterMs + setBackMs, timeZone).minute;
  const passed = (later - before + dayMinutes) % dayMinutes;
  return passed === (2 * setBackMs) / minuteMs ? afterMs : afterMs - setBackMs;
}

/**
 * ms since 1970 of times after `after` until `until`, in their order; it ends where the expression does. Only forward: backward the parser
 * leaves out what the clock is set over, and gives times of the hour that comes twice both times.
 */
function* timesAfter(
  { cron, timeZone }: Cron,
  afterMs: number,
  { untilMs = afterMs + longestMs, most = timesLookedAt } = {},
): Generator<number, void> {
  const currentDate = new Date(beginOf(afterMs, timeZone));
  const times = CronExpressionParser.parse(cron, { currentDate, tz: timeZone });
  for (let count = 0; count < most;) {
    const next = nextOf(() => times.next().getTime());
    if (next === null || next > untilMs) return;
    if (next <= afterMs) continue;
    yield next;
    count += 1;
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

/** A time that has come. */
export interface Come extends Due {
  /** In words; null when it is in none. */
  blackout: string | null;
}

/** Times that came and were not settled are told of up to so many: the latest. */
const mostCome = 1_001;

function timesUntil(spec: SchedulePlan, settledMs: number, nowMs: number): number[] {
  for (let spanMs = dayMinutes * minuteMs; ; spanMs *= 4) {
    const fromMs = Math.max(settledMs, nowMs - spanMs);
    const times = [...timesAfter(spec, fromMs, { untilMs: nowMs, most: Infinity })];
    if (fromMs === settledMs || times.length > mostCome) return times;
  }
}

/** The times after `settledMs` whose moment, with jitter, has come by now, in their order: the latest 1,001. */
export function timesCome(name: string, spec: SchedulePlan, settledMs: number, nowMs: number): Come[] {
  return timesUntil(spec, settledMs, nowMs)
    .map((dueMs) => ({ dueMs, atMs: dueMs + jitterMs(name, dueMs, spec) }))
    .filter(({ atMs }) => atMs <= nowMs)
    .slice(-mostCome)
    .map((due) => ({ ...due, blackout: blackoutAt(spec, due.atMs) }));
}

/**
 * The one to be settled of times that have come: the latest outside of blackouts, because a job for it stands for those before; the
 * latest where all are within one. `missed`: how many outside of blackouts came before it.
 */
export function latestOf(come: readonly Come[]): (Come & { missed: number }) | null {
  const open = come.filter(({ blackout }) => blackout === null);
  const latest = open.at(-1) ?? come.at(-1);
  return latest === undefined ? null : { ...latest, missed: Math.max(0, open.length - 1) };
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
