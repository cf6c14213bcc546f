import type { FindingMovement } from '#contracts';
import { type BothSides, compareBeforeAfter } from '#stats';
import { baselineDays } from './finding-questions.js';
import type { LevelMovement } from './find-movements.js';
import type { WatchedSeries } from './watched-series.js';

/** Days that a host beside must have before a change, and after it. */
const [leastBefore, leastAfter] = [5, 3];
/** Control hosts at most: more hardly narrow the interval. */
const mostControl = 50;
const confidence = 0.95;

type Days = Pick<WatchedSeries['segments'][number], 'days' | 'levels'>;

const before = ({ days, levels }: Days, day: number): number[] =>
  levels.filter((_, i) => (days[i] ?? 0) < day && (days[i] ?? 0) >= day - baselineDays);
const after = ({ days, levels }: Days, day: number): number[] =>
  levels.filter((_, i) => (days[i] ?? 0) >= day && (days[i] ?? 0) < day + baselineDays);

/** The segment of a series that spans a change, where it did not move; null where it has none. */
export function beside(
  { segments }: Pick<WatchedSeries, 'segments'>,
  { fromDay, toDay }: { fromDay: number; toDay: number },
): WatchedSeries['segments'][number] | null {
  const spans = segments.find(
    (segment) => before(segment, fromDay).length >= leastBefore && after(segment, toDay).length >= leastAfter,
  );
  return spans ?? null;
}

/** The days from the change before to the one after: another one's effect is none of this one's. */
function pieceOf({ segment: { days, levels }, shift }: Omit<LevelMovement['members'][number], 'key'>): Days {
  const own = days.map((_, i) => i).filter((i) => shift.sinceDay <= (days[i] ?? 0) && (days[i] ?? 0) <= shift.untilDay);
  return { days: own.map((i) => days[i] ?? 0), levels: own.map((i) => levels[i] ?? 0) };
}

const meanLog = (levels: readonly number[]): number =>
  levels.reduce((sum, level) => sum + Math.log(level), 0) / levels.length;

/**
 * The effect of a change by the days on which it was found, what happened to other hosts meanwhile taken out. The place of the
 * change was chosen by the same days, so that it looks a little larger than it is: fresh runs tell.
 *
 * @param others of the same metric, executor and provenance that did not move
 */
export function effectOf(
  { members, fromDay, toDay, ratio }: LevelMovement,
  others: readonly WatchedSeries[],
): Pick<FindingMovement, 'interval' | 'beforeNs' | 'effectNs'> {
  const changed: BothSides = {
    a: new Map(members.map(({ key, ...own }) => [key.hostId, before(pieceOf(own), fromDay)])),
    b: new Map(members.map(({ key, ...own }) => [key.hostId, after(pieceOf(own), toDay)])),
  };
  const control = { a: new Map<string, number[]>(), b: new Map<string, number[]>() };
  for (const series of others) {
    const segment = beside(series, { fromDay, toDay });
    if (segment === null) continue;
    control.a.set(series.hostId, before(segment, fromDay));
    control.b.set(series.hostId, after(segment, toDay));
    if (control.a.size === mostControl) break;
  }
  const estimate = compareBeforeAfter(changed, control, confidence)?.estimate;
  const interval = estimate === undefined ? null : { low: estimate.low, high: estimate.high, confidence };
  const levels = [...changed.a.values()].filter((days) => days.length > 0);
  const inNs = members.every(({ key }) => key.segments.every((segment) => segment.inNs));
  if (!inNs || levels.length === 0) return { interval, beforeNs: null, effectNs: null };
  const beforeNs = Math.exp(levels.reduce((sum, days) => sum + meanLog(days), 0) / levels.length);
  return { interval, beforeNs, effectNs: beforeNs * (ratio - 1) };
}
