/** A place that parts a series in two, and the statistic by which it was chosen. */
export interface Split {
  /** The first value after it. */
  index: number;
  statistic: number;
}

/**
 * Where the two parts of a series differ most by their energy distance (E-divisive, Matteson and James 2014, α = 1):
 *
 *     Q(t) = m n / (m + n) · (2 C / m n − 2 A / m (m − 1) − 2 B / n (n − 1))
 *
 * with m and n values before and from t on, A and B the sums of |x − y| over the pairs within either part, C over those across.
 * Our own way of computing it: the pairs of the values seen so far with the next one come from Fenwick trees over the ranks, so all
 * t together take O(N log N) instead of O(N²).
 *
 * @param minSegment fewest values of either part, at least 1
 * @returns null for fewer than two minimum segments
 */
export function energySplit(values: readonly number[], minSegment: number): Split | null {
  const count = values.length;
  if (count < 2 * minSegment) return null;
  const { ranks, fromAll, total } = distances(values);
  const counts = new Float64Array(count + 1);
  const sums = new Float64Array(count + 1);
  let within = 0;
  let crossing = 0;
  let seenSum = 0;
  let best: Split | null = null;
  for (let m = 1; m <= count - minSegment; m++) {
    const value = values[m - 1] ?? 0;
    const rank = ranks[m - 1] ?? 0;
    const [below, belowSum] = [upTo(counts, rank), upTo(sums, rank)];
    const toSeen = value * below - belowSum + (seenSum - belowSum) - value * (m - 1 - below);
    within += toSeen;
    crossing += (fromAll[m - 1] ?? 0) - 2 * toSeen;
    add(counts, rank, 1);
    add(sums, rank, value);
    seenSum += value;
    if (m < minSegment) continue;
    const n = count - m;
    const after = total - within - crossing;
    const inside = (m > 1 ? (2 * within) / (m * (m - 1)) : 0) + (n > 1 ? (2 * after) / (n * (n - 1)) : 0);
    const statistic = ((m * n) / count) * ((2 * crossing) / (m * n) - inside);
    if (best === null || statistic > best.statistic) best = { index: m, statistic };
  }
  return best;
}

/** Each value's rank from 1 (equal values share the last of theirs) and the sum of its distances to all; the sum over all pairs. */
function distances(values: readonly number[]): { ranks: Int32Array; fromAll: Float64Array; total: number } {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Int32Array(values.length);
  const fromAll = new Float64Array(values.length);
  const sum = values.reduce((all, value) => all + value, 0);
  let below = 0;
  let total = 0;
  order.forEach((index, position) => {
    const value = values[index] ?? 0;
    fromAll[index] = value * position - below + (sum - below) - value * (values.length - position);
    total += value * position - below;
    below += value;
  });
  for (let position = values.length - 1, rank = position + 1; position >= 0; position--) {
    const index = order[position] ?? 0;
    if (values[index] !== values[order[position + 1] ?? -1]) rank = position + 1;
    ranks[index] = rank;
  }
  return { ranks, fromAll, total };
}

function upTo(tree: Float64Array, rank: number): number {
  let sum = 0;
  for (let i = rank; i > 0; i -= i & -i) sum += tree[i] ?? 0;
  return sum;
}

function add(tree: Float64Array, rank: number, value: number): void {
  for (let i = rank; i < tree.length; i += i & -i) tree[i] = (tree[i] ?? 0) + value;
}
