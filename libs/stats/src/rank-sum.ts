import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { countable, twiceUCounts } from './rank-sum-distribution.js';
import { normalCdf } from './student-t.js';

/** Picks of all permutations together (0.2 s), and the fewest and most permutations. */
const pickBudget = 1e7;
const fewestPermutations = 999;
const mostPermutations = 9_999;

export interface MannWhitney {
  /** Pairs in which a's value is the larger, plus half of the pairs that tie. */
  u: number;
  /** Two-sided: how often a chance split of the same values lies at least as far from the middle. */
  p: number;
  /** `exact` counts every split, ties included; `permutation` draws `permutations` of them; `normal` takes the limit. */
  method: 'exact' | 'permutation' | 'normal';
  permutations?: number;
}

/**
 * Do two samples differ in location? Mann and Whitney (1947). With ties the distribution of U is that of the values at hand
 * (midranks), not the table's for distinct values. Where counting every split would take too long, seeded random splits are
 * drawn, and p is (hits + 1) / (splits + 1) (Phipson and Smyth 2010), never 0; where even that would, U is taken as normal, with
 * the variance of tied values.
 *
 * @throws RangeError when a side is empty or has a value that is not finite
 */
export function mannWhitney(a: readonly number[], b: readonly number[], seed = 1): MannWhitney {
  const ties = tiesOf(a, b);
  const twiceU = ties.reduce((sum, { inA, inB, bBelow }) => sum + inA * (2 * bBelow + inB), 0);
  const u = twiceU / 2;
  // Distance from the middle in whole numbers: 2U is one, and the middle of 2U is n m.
  const distance = Math.abs(twiceU - a.length * b.length);
  const sizes = ties.map(({ inA, inB }) => inA + inB);
  if (countable(a.length, b.length, sizes)) {
    return { u, p: exactP(a.length, b.length, sizes, distance), method: 'exact' };
  }
  const smaller = Math.min(a.length, b.length);
  const permutations = Math.min(mostPermutations, Math.floor(pickBudget / smaller));
  if (permutations < fewestPermutations) {
    return { u, p: normalP(a.length, b.length, sizes, distance), method: 'normal' };
  }
  return { u, p: permutationP(smaller, sizes, distance, permutations, seed), method: 'permutation', permutations };
}

interface Tie {
  inA: number;
  inB: number;
  /** Values of b that are smaller. */
  bBelow: number;
}

/** The distinct values in ascending order, and how often each stands on either side. */
function tiesOf(a: readonly number[], b: readonly number[]): Tie[] {
  if (a.length === 0 || b.length === 0) throw new RangeError('each side needs at least one value');
  if (![a, b].every((side) => side.every(Number.isFinite))) throw new RangeError('every value must be a finite number');
  const all = [...a.map((value) => ({ value, inA: 1 })), ...b.map((value) => ({ value, inA: 0 }))];
  all.sort((x, y) => x.value - y.value);
  const ties: Tie[] = [];
  let last: number | undefined;
  let bBelow = 0;
  for (const { value, inA } of all) {
    let tie = ties.at(-1);
    if (tie === undefined || value !== last) {
      bBelow += tie?.inB ?? 0;
      tie = { inA: 0, inB: 0, bBelow };
      ties.push(tie);
      last = value;
    }
    tie.inA += inA;
    tie.inB += 1 - inA;
  }
  return ties;
}

/** How large a share of all splits lies at least `distance` from the middle. */
function exactP(n: number, m: number, sizes: readonly number[], distance: number): number {
  const counts = twiceUCounts(n, m, sizes);
  let total = 0;
  let asFar = 0;
  counts.forEach((count, twiceU) => {
    total += count;
    if (Math.abs(twiceU - n * m) >= distance) asFar += count;
  });
  return Math.min(1, asFar / total);
}

/** Lehmann, Nonparametrics, 1.2: the variance of U among tied values; with the continuity correction. */
function normalP(n: number, m: number, sizes: readonly number[], distance: number): number {
  const total = n + m;
  const ties = sizes.reduce((sum, size) => sum + (size ** 3 - size), 0);
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1;
  const z = Math.max(0, distance / 2 - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalCdf(-z));
}

function permutationP(
  side: number,
  sizes: readonly number[],
  distance: number,
  permutations: number,
  seed: number,
): number {
  const random = xoroshiro128plus(seed | 0);
  const twiceRanks = Float64Array.from(twiceMidranks(sizes));
  const total = twiceRanks.length;
  const middle = side * (total - side);
  let hits = 0;
  for (let i = 0; i < permutations; i++) {
    let sum = 0;
    // The first `side` places of a Fisher-Yates shuffle that goes on from the last one's order.
    for (let k = 0; k < side; k++) {
      const pick = uniformInt(random, k, total - 1);
      const rank = twiceRanks[pick] ?? 0;
      twiceRanks[pick] = twiceRanks[k] ?? 0;
      twiceRanks[k] = rank;
      sum += rank;
    }
    if (Math.abs(sum - side * (side + 1) - middle) >= distance) hits += 1;
  }
  return (hits + 1) / (permutations + 1);
}

function* twiceMidranks(sizes: readonly number[]): Generator<number> {
  let below = 0;
  for (const size of sizes) {
    for (let i = 0; i < size; i++) yield 2 * below + size + 1;
    below += size;
  }
}
