/** A clock that can't tell a level from nothing would make an interval without an end. */
const coarsest = 1.9;

/**
 * By how much a ratio may be off because of the clocks' steps, in logarithms. A clock of coarse step reads a level up to half a step too low
 * or too high, the same in every run, so that no number of runs averages it out; and two levels within one step read alike. A level that
 * reads x lies from x (1 − resolution/2) to x (1 + resolution/2); the lower end is further away in logarithms, and counts for both.
 *
 * @param resolutionA what a's clock can't tell apart, as a share of a's level: the whole step where nothing moves within it
 * @param resolutionB the same of b
 * @throws RangeError when one is negative
 */
export function clockSlack(resolutionA: number, resolutionB: number): number {
  if (!(resolutionA >= 0 && resolutionB >= 0)) throw new RangeError('a resolution can not be negative');
  const half = (resolution: number): number => -Math.log1p(-Math.min(resolution, coarsest) / 2);
  return half(resolutionA) + half(resolutionB);
}

/** Widens an interval of a ratio by what the clocks could not tell apart (`clockSlack`). */
export function widenByResolution<Interval extends { low: number; high: number }>(
  interval: Interval,
  resolutionA: number,
  resolutionB: number,
): Interval {
  const factor = Math.exp(clockSlack(resolutionA, resolutionB));
  return { ...interval, low: interval.low / factor, high: interval.high * factor };
}

/**
 * The resolution of a mean of levels with equal weight: that of a run of its host, of hosts of their side. All of them may be off in the same
 * direction (hosts of one model share step and cost, so also where the cost lies within the step), so the halves add up as the levels
 * do, as means of logarithms: nothing averages out, and no host counts for more than its part.
 *
 * @throws RangeError without one, or when one is negative
 */
export function resolutionOfMean(resolutions: readonly number[]): number {
  if (resolutions.length === 0) throw new RangeError('there are no levels');
  const slack = resolutions.reduce((sum, resolution) => sum + clockSlack(resolution, 0), 0) / resolutions.length;
  return resolutionOfSlack(slack);
}

/** The resolution of two levels whose ratio is taken, as that of one. */
export function resolutionOfRatio(resolutionA: number, resolutionB: number): number {
  return resolutionOfSlack(clockSlack(resolutionA, resolutionB));
}

const resolutionOfSlack = (slack: number): number => -2 * Math.expm1(-slack);
