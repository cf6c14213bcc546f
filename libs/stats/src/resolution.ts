/**
 * Widens an interval by what the clocks could not tell apart. A clock of coarse step reads a level up to half a step too low
 * or too high, the same in every run, so that no number of runs averages it out; and two levels within one step read alike.
 *
 * @param resolutionA step of a's clock as a share of a's level, times the share of samples that read the median's very value:
 *   where many values of the clock occur, the grouped median moves between them; where all samples read one, nothing does
 * @param resolutionB the same of b
 */
export function widenByResolution<Interval extends { low: number; high: number }>(
  interval: Interval,
  resolutionA: number,
  resolutionB: number,
): Interval {
  if (!(resolutionA >= 0 && resolutionB >= 0)) throw new RangeError('a resolution can not be negative');
  const factor = (1 + resolutionA / 2) * (1 + resolutionB / 2);
  return { ...interval, low: interval.low / factor, high: interval.high * factor };
}
