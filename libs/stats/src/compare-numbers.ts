import { cliffsDelta } from './cliffs-delta.js';
import { energyDistance, type EnergyDistance } from './energy-distance.js';
import { hodgesLehmann, type HodgesLehmann } from './hodges-lehmann.js';
import { median } from './quantile.js';
import { mannWhitney, type MannWhitney } from './rank-sum.js';
import { widenByResolution } from './resolution.js';
import { type Verdict, verdictOf } from './verdict.js';

export interface NumbersCompared {
  medianA: number;
  medianB: number;
  /** b's median over a's; null unless both are positive. */
  ratio: number | null;
  /** Null when a value is not positive, or there are too few. */
  ratioInterval: { low: number; high: number; confidence: number } | null;
  mannWhitney: MannWhitney;
  hodgesLehmann: HodgesLehmann;
  cliffsDelta: number;
  energy: EnergyDistance;
  verdict: Verdict;
  /** Why there is no verdict; null when there is one. */
  obstacle: string | null;
}

/**
 * Compares two lists of numbers, each an independent repetition, as benchstat does. The interval of the ratio is Hodges and
 * Lehmann's, of the logarithms: it asks of the distributions only that b's is a's, scaled.
 *
 * @param step distance of two neighbouring values that the clock can show, in the values' unit; the interval is widened by half of it on
 *   each side. Without it values that are all alike get no verdict, since the clock may hide any difference.
 * @throws RangeError when a side is empty, a value is not finite or the step is negative
 */
export function compareNumbers(
  a: readonly number[],
  b: readonly number[],
  { margin, confidence, step }: { margin: number; confidence: number; step?: number },
): NumbersCompared {
  const ranks = mannWhitney(a, b);
  const medianA = median(a) ?? Number.NaN;
  const medianB = median(b) ?? Number.NaN;
  const { interval, obstacle } = ratioInterval(a, b, confidence, step);
  return {
    medianA,
    medianB,
    ratio: medianA > 0 && medianB > 0 ? medianB / medianA : null,
    ratioInterval: interval,
    mannWhitney: ranks,
    hodgesLehmann: hodgesLehmann(a, b, confidence),
    cliffsDelta: cliffsDelta(ranks.u, a.length, b.length),
    energy: energyDistance(a, b),
    verdict: interval === null || obstacle !== null ? 'inconclusive' : verdictOf(interval, margin),
    obstacle,
  };
}

function ratioInterval(
  a: readonly number[],
  b: readonly number[],
  confidence: number,
  step: number | undefined,
): { interval: NumbersCompared['ratioInterval']; obstacle: string | null } {
  for (const [side, values] of Object.entries({ a, b })) {
    const unfit = values.find((value) => value <= 0);
    if (unfit === undefined) continue;
    return {
      interval: null,
      obstacle: `${side} has the value ${unfit}, and a ratio needs values above 0; go by the shift`,
    };
  }
  const { low, high } = hodgesLehmann(a.map(Math.log), b.map(Math.log), confidence);
  if (low === null || high === null) {
    const obstacle = `${a.length} and ${b.length} values are too few for an interval: 4 on each side are enough for 95 %`;
    return { interval: null, obstacle };
  }
  const ratios = { low: Math.exp(low), high: Math.exp(high), confidence };
  const resolutionOf = (side: readonly number[]): number => (step ?? 0) / (median(side) ?? 1);
  const interval = widenByResolution(ratios, resolutionOf(a), resolutionOf(b));
  const spread = [a, b].some((side) => side.some((value) => value !== side[0]));
  if (spread || step !== undefined) return { interval, obstacle: null };
  return {
    interval,
    obstacle: 'all values of each side are alike: the clock may hide a difference smaller than its step',
  };
}
