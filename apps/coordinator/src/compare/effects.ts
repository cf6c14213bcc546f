import type { Comparison, Effect } from '#contracts';
import { compareLevels, compareWithControl, type RatioEstimate, resolutionOfRatio, widenByResolution } from '#stats';
import { resolutionOf } from './clock-step.js';
import type { Compared } from './compared.js';
import { byHost, levelOf, type Scoped } from './scope.js';
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

/** b / a with its interval, before the clock's step widens it; of what happened to the control hosts too, the rest. */
export function estimateIn(
  unit: Unit,
  { levels: { a, b }, control, boots }: Compared,
  confidence: number,
): RatioEstimate {
  const [ofA, ofB] = [medians(a, unit), medians(b, unit)];
  if (control === null) return compareLevels(levelOf(a, ofA), levelOf(b, ofB), confidence, boots.shared);
  const beside = { a: medians(control.levels.a, unit), b: medians(control.levels.b, unit) };
  return compareWithControl({ a: ofA, b: ofB }, beside, confidence);
}

/** What the clocks of each side can't tell apart, those of the control hosts beside it included, as a share of the level. */
export function resolutionsOf({ a, b, control }: Compared): [a: number, b: number] {
  const own: [number, number] = [resolutionOf(a.runs), resolutionOf(b.runs)];
  if (control === null) return own;
  return [resolutionOfRatio(own[0], resolutionOf(control.a)), resolutionOfRatio(own[1], resolutionOf(control.b))];
}

/** Whether each side has a level in a unit: that of TSC cycles is one clock's. */
function isKnown(unit: Unit, { a, b, control }: Compared): boolean {
  const groups = [a.runs, b.runs, ...(control === null ? [] : [control.a, control.b])];
  return (
    groups.every((runs) => runs.every((run) => valueIn[unit](run) !== null)) &&
    (unit !== 'cycles' || [a, b].every(({ runs }) => sameClock(runs)))
  );
}

/**
 * How much more a crossing costs on b, in one unit; null where that is not known. Its interval is that of the ratio, put on the level
 * of a. With control hosts the ratio is what is left of b / a without what happened to them.
 *
 * @param judged whether the runs allow an interval
 */
export function effectIn(unit: Unit, sides: Compared, confidence: number, judged: boolean): Effect | null {
  if (!isKnown(unit, sides)) return null;
  const [a, b] = [level(sides.levels.a, unit), level(sides.levels.b, unit)];
  if (!judged) return { a, b, difference: b - a, ratio: b / a, ratioInterval: null, differenceInterval: null };
  const estimate = estimateIn(unit, sides, confidence);
  const { low, high } = widenByResolution(estimate, ...resolutionsOf(sides));
  const ratio = sides.control === null ? b / a : estimate.ratio;
  return {
    ...{ a, b, ratio, difference: sides.control === null ? b - a : a * (ratio - 1) },
    ratioInterval: { low, high },
    differenceInterval: { low: a * (low - 1), high: a * (high - 1) },
  };
}
