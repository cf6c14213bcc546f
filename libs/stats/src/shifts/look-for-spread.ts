import { changePoints } from '../change-points/change-points.js';
import { median } from '../quantile.js';
import { inOneDirection } from './in-one-direction.js';

/** A machine whose runs scatter more, or less, than they did. */
export interface Spread {
  /** The first day of it. */
  day: number;
  direction: 'up' | 'down';
  /** Median of the days' standard deviations after it, as a multiple of that before. */
  factor: number;
  p: number;
  /** Days that were looked at before it, and since. */
  before: number;
  after: number;
}

/** Days that one look spans: a machine that grows restless takes months, and its scatter does not hang on its boot state. */
const lookDays = 200;

/** Less than this is no matter: the restless weekdays of a quiet machine are 1.6 times its weekends. Ours. */
const leastFactor = 2;

/**
 * Where the scatter of a day's runs about its level changed, by the same two detectors and the same share of what may go wrong in a year
 * as `lookForShifts`. Of all days of one machine, whatever its boot states. Changes in one direction that follow upon each other are one, from
 * the first of them: a machine that grows restless over months does so in steps, none of which need be twofold by itself.
 *
 * @param runSds standard deviations of the logarithms of a day's runs
 */
export function lookForSpread(
  days: readonly number[],
  runSds: readonly number[],
  { falseAYear = 0.02, looksAYear = 365 }: { falseAYear?: number; looksAYear?: number } = {},
): Spread[] {
  const [lastDays, sds] = [days.slice(-lookDays), runSds.slice(-lookDays)];
  const found = changePoints(sds, { p: falseAYear / looksAYear, window: lookDays, minSegment: 5 });
  const runs = inOneDirection(found);
  return runs.flatMap((run, i): Spread[] => {
    const [{ index, direction }, end] = [run[0], run.at(-1)?.index ?? run[0].index];
    const [from, to] = [runs[i - 1]?.at(-1)?.index ?? 0, runs[i + 1]?.[0].index ?? sds.length];
    const [low, high] = [median(sds.slice(from, index)) ?? 0, median(sds.slice(end, to)) ?? 0];
    const factor = low > 0 ? high / low : Number.POSITIVE_INFINITY;
    if (Math.max(factor, 1 / factor) < leastFactor) return [];
    const p = Math.min(...run.map((one) => one.p));
    return [{ day: lastDays[index] ?? 0, direction, factor, p, before: index - from, after: to - index }];
  });
}
