import {
  type FoundShift,
  lookBack,
  lookDays,
  lookForShifts,
  lookForSpread,
  type Movement,
  movedTogether,
  type Spread,
} from '#stats';
import type { Facts } from '../compare/facts.js';
import { lineOf } from '../trends/borders.js';
import type { WatchedSeries } from './watched-series.js';

export type LevelMovement = Movement<WatchedSeries>;
export interface FoundSpread {
  series: WatchedSeries;
  spread: Spread;
  /** The last day of its machine, which another one may have followed under the host's name. */
  lastDay: number;
}

/** What single series showed. */
export interface Sightings {
  shifts: FoundShift<WatchedSeries>[];
  spreads: FoundSpread[];
  /** Series without a segment long enough to look at. */
  tooShort: number;
}

/** Three days on either side of a change. */
const shortest = 6;

/** What tells one CPU from another: with another one the scatter of runs is another machine's. */
export const cpuOf = (facts: Facts | undefined): string => `${facts?.['cpu-name'] ?? ''} ${facts?.['cpuid'] ?? ''}`;

/** Days that a look for restlessness spans (`lookForSpread`), and from one look back to the next. */
const [spreadDays, everySpreadDays] = [200, 25];
/** Two looks' dates of one change of the scatter differ by no more. */
const sameSpreadDays = 60;

/** What looks at the ends so far would have found, each once; or the look at the end only. */
function spreadsOfMachine(days: WatchedSeries['spread'], { back, looksAYear }: LookAt): Spread[] {
  const found: Spread[] = [];
  const first = back ? Math.min(days.length, spreadDays) : days.length;
  for (let end = first; ; end = Math.min(days.length, end + everySpreadDays)) {
    const looked = days.slice(Math.max(0, end - spreadDays), end);
    const seen = lookForSpread(
      looked.map(({ day }) => day),
      looked.map(({ runSd }) => runSd),
      { looksAYear },
    );
    for (const one of seen) {
      const known = found.some(
        ({ day, direction }) => direction === one.direction && Math.abs(day - one.day) <= sameSpreadDays,
      );
      if (!known) found.push(one);
    }
    if (end === days.length) return found.sort((a, b) => a.day - b.day);
  }
}

function spreadsOf(series: WatchedSeries, facts: ReadonlyMap<string, Facts>, lookAt: LookAt): FoundSpread[] {
  const machines = new Map<string, WatchedSeries['spread']>();
  for (const one of series.spread) {
    const cpu = cpuOf(facts.get(one.bootStateHash));
    const own = machines.get(cpu);
    if (own === undefined) machines.set(cpu, [one]);
    else own.push(one);
  }
  return [...machines.values()].flatMap((days) => {
    const lastDay = days.at(-1)?.day ?? -Infinity;
    return spreadsOfMachine(days, lookAt).map((spread) => ({ series, spread, lastDay }));
  });
}

export interface LookAt {
  /** As looks at the time would have found it, over all days; else the last 100 days of each segment in one look. */
  back: boolean;
  /** Looks that share what may go wrong in a year. */
  looksAYear: number;
}

function shiftsOf(series: WatchedSeries, { back, looksAYear }: LookAt): FoundShift<WatchedSeries>[] {
  const long = series.segments.filter(({ days }) => days.length >= shortest);
  if (back) return long.flatMap((segment) => lookBack(series, segment, { looksAYear }));
  return long.flatMap(({ days, levels }) => {
    const segment = { days: days.slice(-lookDays), levels: levels.slice(-lookDays) };
    return lookForShifts(segment, { looksAYear }).map((shift) => ({ key: series, shift, segment }));
  });
}

/** What some series show. Gives way after every one: a look takes up to some milliseconds, and others wait for this process. */
export async function sightingsOf(
  all: readonly WatchedSeries[],
  facts: ReadonlyMap<string, Facts>,
  lookAt: LookAt,
): Promise<Sightings> {
  const seen: Sightings = { shifts: [], spreads: [], tooShort: 0 };
  for (const series of all) {
    if (!series.segments.some(({ days }) => days.length >= shortest)) seen.tooShort += 1;
    seen.shifts.push(...shiftsOf(series, lookAt));
    seen.spreads.push(...spreadsOf(series, facts, lookAt));
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return seen;
}

/** Whether a machine had grown restless by the time of a change: then its level is no longer told of. */
function restless(spreads: readonly FoundSpread[], { key, shift }: FoundShift<WatchedSeries>): boolean {
  const own = spreads.filter(
    ({ series, spread, lastDay }) =>
      lineOf(series) === lineOf(key) && spread.day <= shift.toDay && shift.fromDay <= lastDay,
  );
  const [latest] = own.sort((a, b) => b.spread.day - a.spread.day);
  return latest?.spread.direction === 'up';
}

/** Changes of level, hosts that moved together in one entry each: by metric, executor and provenance. */
export function movementsOf({ shifts, spreads }: Pick<Sightings, 'shifts' | 'spreads'>): LevelMovement[] {
  const kinds = new Map<string, FoundShift<WatchedSeries>[]>();
  for (const one of shifts.filter((shift) => !restless(spreads, shift))) {
    const { executor, provenance, probe, metric } = one.key;
    const kind = JSON.stringify([executor, provenance, probe, metric]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return [...kinds.values()].flatMap((own) => movedTogether(own));
}
