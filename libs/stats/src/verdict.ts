/** What an interval of b / a says about b. */
export type Verdict = 'slower' | 'faster' | 'equal' | 'inconclusive';

/**
 * Slower or faster when the whole interval lies beyond the margin, equal when it lies wholly within, else inconclusive. "No
 * significant difference" is not "equal": only an interval inside the band is evidence of equality.
 *
 * @param interval of the ratio b / a
 * @param margin ratios within 1 ± margin count as equal; in (0, 1)
 */
export function verdictOf({ low, high }: { low: number; high: number }, margin: number): Verdict {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`margin must lie between 0 and 1, not at ${margin}`);
  if (low > 1 + margin) return 'slower';
  if (high < 1 - margin) return 'faster';
  if (low >= 1 - margin && high <= 1 + margin) return 'equal';
  return 'inconclusive';
}
