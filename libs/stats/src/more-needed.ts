import { studentTQuantile } from './student-t.js';

/** How a comparison stands whose interval crosses an edge of the margin. All in logarithms of the ratio b / a. */
export interface Unsettled {
  /** ln of the ratio as it came out. */
  change: number;
  /** Variance of the change that more replicates average out, and its degrees of freedom. */
  variance: number;
  degrees: number;
  /** Variance that they don't, because all of them share it: boots and days of given hosts. */
  fixed?: { variance: number; degrees: number } | null;
  /** Half-width that nothing averages out: the clock's step, a model's band. */
  floor: number;
  margin: number;
  confidence: number;
  /** Replicates a side now, in the unit that is counted: hosts of a kind, or runs of each given host. */
  have: number;
  /** More than that is not proposed. */
  most: number;
}

export type MoreNeeded =
  /** So many in all a side would likely settle it. */
  | { settledBy: number; why: null }
  /**
   * No number would: the change lies nearer to an edge of the margin than the `floor`, than what boots and days allow (`shared`), or so near
   * that more than `most` were needed (`too close`).
   */
  | { settledBy: null; why: 'floor' | 'shared' | 'too close' };

/** z of 0.8: the chance with which the proposed number settles it, if the change and the spreads are as they came out. */
const z80 = 0.8416212335729143;

/**
 * How many replicates a side would likely settle a comparison: the fewest with
 *
 *     (t(ν) + z₀.₈) √(variance · have / n + fixed) + floor ≤ distance of the change from the nearest edge of the margin
 *
 * the customary sample size for a confidence and a power (Cohen 1988), here for whichever verdict the change points to. It takes the change
 * for the true one, so it is a plan and no promise.
 *
 * @throws RangeError when a variance or the floor is negative, or `have` is below 1
 */
export function moreNeeded(unsettled: Unsettled): MoreNeeded {
  const { change, variance, floor, margin, have, most, fixed } = unsettled;
  if (!(variance >= 0 && floor >= 0 && have >= 1)) {
    throw new RangeError('variance and floor must not be negative, and there must be a replicate');
  }
  const [low, high] = [Math.log(1 - margin), Math.log(1 + margin)];
  const gap = Math.min(Math.abs(change - low), Math.abs(change - high));
  if (floor >= gap) return { settledBy: null, why: 'floor' };
  const settles = (n: number): boolean => halfWidth(unsettled, n) + floor <= gap;
  if (!settles(most)) {
    const shared = halfWidth({ ...unsettled, variance: 0 }, most);
    return { settledBy: null, why: fixed && shared + floor > gap ? 'shared' : 'too close' };
  }
  let [enough, short] = [most, Math.min(have, most) - 1];
  while (enough - short > 1) {
    const middle = Math.floor((enough + short) / 2);
    if (settles(middle)) enough = middle;
    else short = middle;
  }
  return { settledBy: enough, why: null };
}

function halfWidth({ variance, degrees, fixed, confidence, have }: Unsettled, n: number): number {
  const reduced = (variance * have) / n;
  const shared = fixed?.variance ?? 0;
  const total = reduced + shared;
  if (total === 0) return 0;
  // Each side has one degree less than replicates, which grow alike.
  const grown = Math.max(1, (degrees + 2) * (n / have) - 2);
  const fourth = reduced ** 2 / grown + (fixed ? shared ** 2 / fixed.degrees : 0);
  return (studentTQuantile((1 + confidence) / 2, total ** 2 / fourth) + z80) * Math.sqrt(total);
}
