import type { Split } from './energy-split.js';

/**
 * Where the two parts of a series differ most by their ranks: the largest |z| of the rank sum (Wilcoxon 1945, with the variance of
 * tied values) over all places; Pettitt's test (1979) with each place weighed by its own spread, so that changes near an end count.
 *
 * @param minSegment fewest values of either part
 * @returns `statistic` is z, positive where the values after are the larger; null for fewer than two minimum segments, and where all
 *   values are the same
 */
export function rankSplit(values: readonly number[], minSegment: number): Split | null {
  const { ranks, spread } = midRanks(values);
  if (spread === 0) return null;
  const count = values.length;
  let sum = 0;
  let best: Split | null = null;
  for (let m = 1; m <= count - minSegment; m++) {
    sum += ranks[m - 1] ?? 0;
    if (m < minSegment) continue;
    const statistic = ((m * (count + 1)) / 2 - sum) / Math.sqrt(m * (count - m) * spread);
    if (best === null || Math.abs(statistic) > Math.abs(best.statistic)) best = { index: m, statistic };
  }
  return best;
}

/** z of the rank sum of the first `m` values against the others, as in `rankSplit`; 0 where all values are the same. */
export function rankZ(values: readonly number[], m: number): number {
  const { ranks, spread } = midRanks(values);
  if (spread === 0) return 0;
  const sum = ranks.slice(0, m).reduce((all, rank) => all + rank, 0);
  return ((m * (values.length + 1)) / 2 - sum) / Math.sqrt(m * (values.length - m) * spread);
}

/** Ranks from 1, the mean of theirs for equal values; the rank sum of m of N values has variance m (N − m) · `spread`. */
function midRanks(values: readonly number[]): { ranks: Float64Array; spread: number } {
  const count = values.length;
  const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(count);
  let ties = 0;
  for (let from = 0; from < count;) {
    let to = from + 1;
    while (to < count && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i < to; i++) ranks[order[i] ?? 0] = (from + 1 + to) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { ranks, spread: count < 2 ? 0 : (count + 1 - ties / (count * (count - 1))) / 12 };
}
