import { fairCoinCdf } from './binomial.js';
import { quantileOfSorted } from './quantile.js';

export interface MedianInterval {
  median: number;
  low: number;
  high: number;
  /** Chance that such an interval holds the true median. Below `confidence` where the values are too few for it. */
  coverage: number;
}

/**
 * Interval of a median from two order statistics, which asks nothing of the distribution: from the k-th smallest to the k-th
 * largest value, with the largest k that still reaches the confidence, 1 − 2 P(Bin(n, ½) < k). Where not even the whole
 * range reaches it (below 6 values at 95 %), the whole range with the coverage that it has. (Conover, Practical
 * Nonparametric Statistics, 3rd ed., 3.2.) Ties make it wider than it need be, never narrower.
 *
 * @throws RangeError when there are no values, one is not finite, or the confidence is not within (0, 1)
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  if (values.length === 0) throw new RangeError('there are no values');
  if (!values.every(Number.isFinite)) throw new RangeError('every value must be a finite number');
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`confidence must lie between 0 and 1, not at ${confidence}`);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const coverageAt = (k: number): number => 1 - 2 * fairCoinCdf(k - 1, n);
  // Coverage falls as k grows: the last k that reaches the confidence, by halving.
  let low = 1;
  let high = Math.floor((n + 1) / 2);
  while (low < high) {
    const k = Math.ceil((low + high) / 2);
    if (coverageAt(k) >= confidence) low = k;
    else high = k - 1;
  }
  return {
    median: quantileOfSorted(sorted, 0.5),
    low: sorted[low - 1] ?? Number.NaN,
    high: sorted[n - low] ?? Number.NaN,
    coverage: Math.max(0, coverageAt(low)),
  };
}
