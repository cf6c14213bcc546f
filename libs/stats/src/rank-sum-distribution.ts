/** Steps of the exact count that take about a tenth of a second. */
const exactBudget = 5.1e7;

/** Whether `twiceUCounts` is quick enough: two sides of 50 without ties are, two of 60 are not. */
export function countable(n: number, m: number, sizes: readonly number[]): boolean {
  const side = Math.min(n, m);
  const taken = sizes.reduce((sum, size) => sum + Math.min(size, side) + 1, 0);
  return taken * side * (2 * n * m + 1) <= exactBudget;
}

/**
 * In how many ways n of n + m values can be chosen as one side, by the 2U that comes of it (U counts half a tie, 2U is
 * whole). Goes through the distinct values in ascending order and adds up the ways to give k of the values so far to the
 * smaller side. The counts are doubles: their errors stay relative, for they only ever add up.
 *
 * @param sizes how often each distinct value occurs on both sides together, in ascending order of the values; sum n + m
 * @returns at index 2U the number of ways; symmetric, so it does not matter which side is counted
 */
export function twiceUCounts(n: number, m: number, sizes: readonly number[]): Float64Array {
  const side = Math.min(n, m);
  const width = 2 * n * m + 1;
  const none = (): Float64Array[] => Array.from({ length: side + 1 }, () => new Float64Array(width));
  let ways = none();
  ways[0]?.fill(1, 0, 1);
  let below = 0;
  for (const size of sizes) {
    const next = none();
    let choose = 1;
    for (let taken = 0; taken <= Math.min(size, side); taken++) {
      if (taken > 0) choose = (choose * (size - taken + 1)) / taken;
      for (let k = 0; k + taken <= side && k <= below; k++) {
        // Each of the `taken` beats those of the other side below it and ties with those of its own value.
        addShifted(next[k + taken], ways[k], taken * (2 * (below - k) + (size - taken)), choose);
      }
    }
    ways = next;
    below += size;
  }
  return ways[side] ?? new Float64Array();
}

function addShifted(to: Float64Array | undefined, from: Float64Array | undefined, by: number, times: number): void {
  if (to === undefined || from === undefined) return;
  for (let i = 0; i + by < to.length; i++) {
    const ways = from[i] ?? 0;
    if (ways !== 0) to[i + by] = (to[i + by] ?? 0) + ways * times;
  }
}
