import { normalQuantile } from './student-t.js';
import { pairwiseDifference } from './pairwise-difference.js';
import { countable, twiceUCounts } from './rank-sum-distribution.js';

export interface HodgesLehmann {
  /** Median of all differences b − a. */
  shift: number;
  /** The interval's ends; null where so few values can't reach the confidence (below 4 and 4 at 95 %). */
  low: number | null;
  high: number | null;
}

/**
 * By how much is b shifted against a (Hodges and Lehmann 1963)? The interval holds those shifts that the Mann-Whitney test
 * does not reject: from the k-th smallest to the k-th largest difference, with the largest k for which
 * P(U < k) ≤ (1 − confidence) / 2. U is counted exactly while that is quick, then by its normal limit. Ties make the
 * interval wider than it need be, never narrower.
 *
 * @throws RangeError when a side is empty or has a value that is not finite
 */
export function hodgesLehmann(a: readonly number[], b: readonly number[], confidence = 0.95): HodgesLehmann {
  if (a.length === 0 || b.length === 0) throw new RangeError('each side needs at least one value');
  if (![...a, ...b].every(Number.isFinite)) throw new RangeError('every value must be a finite number');
  const sortedA = Float64Array.from(a).sort();
  const sortedB = Float64Array.from(b).sort();
  const pairs = a.length * b.length;
  const at = (k: number): number => pairwiseDifference(sortedA, sortedB, k);
  const shift = (at(Math.floor((pairs + 1) / 2)) + at(Math.ceil((pairs + 1) / 2))) / 2;
  const k = outermost(a.length, b.length, (1 - confidence) / 2);
  return k === 0 ? { shift, low: null, high: null } : { shift, low: at(k), high: at(pairs + 1 - k) };
}

/** The largest k with P(U < k) ≤ tail; 0 when there is none. */
function outermost(n: number, m: number, tail: number): number {
  const distinct = Array<number>(n + m).fill(1);
  if (!countable(n, m, distinct)) {
    const sd = Math.sqrt((n * m * (n + m + 1)) / 12);
    return Math.max(0, Math.floor((n * m) / 2 + 0.5 + normalQuantile(tail) * sd));
  }
  const counts = twiceUCounts(n, m, distinct);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  let k = 0;
  // Without ties 2U is even.
  while (below + (counts[2 * k] ?? 0) <= tail * total) {
    below += counts[2 * k] ?? 0;
    k += 1;
  }
  return k;
}
