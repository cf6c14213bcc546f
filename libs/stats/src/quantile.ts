/**
 * Quantile of type 7 (Hyndman and Fan 1996; the default of R, NumPy and Excel): linear between the order statistics
 * around rank `q (n - 1)`.
 *
 * @param sorted ascending, not empty
 * @param q within [0, 1]
 * @throws RangeError when `sorted` is empty or `q` is outside [0, 1]
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${q}`);
  const rank = q * (sorted.length - 1);
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) throw new RangeError('no values to take a quantile of');
  return below + (rank - Math.floor(rank)) * (above - below);
}

/** The middle value, or the mean of the two middle ones; null when there are none. Does not change `values`. */
export function median(values: Iterable<number>): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? null : quantileOfSorted(sorted, 0.5);
}
