import type { Comparison, Effect } from '#contracts';
import { compareLevels, type RatioEstimate, widenByResolution } from '#stats';
import { resolutionOf } from './clock-step.js';
import { byHost, levelOf, type Scoped, type ScopedSides } from './scope.js';
import { p50CoreCycles, p50Ns, type Replicate, sameClock } from './side.js';

type Unit = keyof Comparison['effects'];

const valueIn: Readonly<Record<Unit, (run: Replicate) => number | null>> = {
  ns: p50Ns,
  cycles: ({ p50Cycles }) => p50Cycles,
  coreCycles: p50CoreCycles,
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const medians = (side: Scoped, unit: Unit) => byHost(side, (run) => valueIn[unit](run) ?? NaN);

/** A side's level: the geometric mean over hosts of that of each host's run medians. */
function level(side: Scoped, unit: Unit): number {
  return Math.exp(mean([...medians(side, unit).values()].map((values) => mean(values.map(Math.log)))));
}

/** b / a with its interval, before the clock's step widens it. */
export function estimateIn(unit: Unit, { a, b }: ScopedSides, confidence: number): RatioEstimate {
  return compareLevels(levelOf(a, medians(a, unit)), levelOf(b, medians(b, unit)), confidence);
}

/** What the clocks of each side can't tell apart, as a share of the level. */
export const resolutionsOf = ({ a, b }: ScopedSides): [a: number, b: number] => [
  resolutionOf(a.runs),
  resolutionOf(b.runs),
];

/** Whether each side has a level in a unit: that of TSC cycles is one clock's. */
function isKnown(unit: Unit, { a, b }: ScopedSides): boolean {
  return [a, b].every(
    ({ runs }) => runs.every((run) => valueIn[unit](run) !== null) && (unit !== 'cycles' || sameClock(runs)),
  );
}

/**
 * How much more a crossing costs on b, in one unit; null where that is not known. Its interval is that of the ratio, put on the level
 * of a.
 *
 * @param judged whether the runs allow an interval
 */
export function effectIn(unit: Unit, sides: ScopedSides, confidence: number, judged: boolean): Effect | null {
  if (!isKnown(unit, sides)) return null;
  const [a, b] = [level(sides.a, unit), level(sides.b, unit)];
  const points = { a, b, difference: b - a, ratio: b / a };
  if (!judged) return { ...points, ratioInterval: null, differenceInterval: null };
  const { low, high } = widenByResolution(estimateIn(unit, sides, confidence), ...resolutionsOf(sides));
  return { ...points, ratioInterval: { low, high }, differenceInterval: { low: a * (low - 1), high: a * (high - 1) } };
}
