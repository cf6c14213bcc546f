import { normalQuantile, studentTCdf } from '../student-t.js';
import { meanOf } from '../welch.js';
import { energySplit, type Split } from './energy-split.js';
import { maximalP } from './maximal-p.js';
import { rankSplit, rankZ } from './rank-split.js';

/** A way of finding where a series changes. */
export interface Detector {
  /** The likeliest place; null where there is none to choose. */
  locate(values: readonly number[], minSegment: number): Split | null;
  /**
   * p that a place chosen for the largest difference shows one like that between the first `index` values and the others without a
   * change.
   *
   * @param inflation of the variance of means, by autocorrelation
   */
  p(values: readonly number[], index: number, minSegment: number, inflation: number): number;
  /** The smallest p that parts of these sizes can come to, whatever their values. */
  leastP(count: number, index: number, minSegment: number, inflation: number): number;
}

/** Further out, one minus a probability is 0 in double precision. */
const largestZ = 8;

/** Place by energy distance, significance by Student's t as in Apache Otava (a permutation test would need seeds and time). */
const eDivisive: Detector = {
  locate: energySplit,
  p: (values, index, minSegment, inflation) => {
    const z = tAsZ(values.slice(0, index), values.slice(index), inflation);
    return maximalP(z, values.length, minSegment);
  },
  leastP: () => 0,
};

/** Place and significance by rank sums: an outlier counts as one value, however far it lies. */
const rankSum: Detector = {
  locate: rankSplit,
  p: (values, index, minSegment, inflation) =>
    maximalP(rankZ(values, index) / Math.sqrt(inflation), values.length, minSegment),
  leastP: (count, index, minSegment, inflation) => {
    const apart = Array.from({ length: count }, (_, i) => i);
    return maximalP(rankZ(apart, index) / Math.sqrt(inflation), count, minSegment);
  },
};

export const detectors = { 'e-divisive': eDivisive, 'rank-sum': rankSum } as const;
export type DetectorName = keyof typeof detectors;

/** From so many values on, a part's own spread counts besides that of both together; that of fewer is itself mostly chance. */
const ownSpreadFrom = 10;

/**
 * The t of two means as the z of the same p. The spread is that of both parts together, or of each by itself (Welch) where that makes
 * the difference less certain. Parts without any spread can't tell more than how often chance would part them so.
 */
function tAsZ(before: readonly number[], after: readonly number[], inflation: number): number {
  const [a, b] = [meanOf(before), meanOf(after)];
  const [m, n] = [before.length, after.length];
  const difference = b.mean - a.mean;
  const squares = a.varianceOfMean * m * (m - 1) + b.varianceOfMean * n * (n - 1);
  const pooled = (squares / (m + n - 2)) * (1 / m + 1 / n);
  const own = Math.min(m, n) < ownSpreadFrom ? 0 : a.varianceOfMean + b.varianceOfMean;
  const variance = Math.max(pooled, own) * inflation;
  if (variance === 0) {
    if (difference === 0) return 0;
    return Math.sign(difference) * Math.min(largestZ, -normalQuantile(Math.max(arrangementP(m, n) / 2, 1e-15)));
  }
  const tail = studentTCdf(-Math.abs(difference) / Math.sqrt(variance), Math.max(1, (m + n - 2) / inflation));
  return Math.sign(difference) * (tail < 1e-15 ? largestZ : Math.min(largestZ, -normalQuantile(tail)));
}

/** Two of all ways to choose m of m + n values part them into the smaller and the larger. */
function arrangementP(m: number, n: number): number {
  let ways = 1;
  for (let i = 1; i <= m && ways < 1e300; i++) ways *= (n + i) / i;
  return Math.min(1, 2 / ways);
}
