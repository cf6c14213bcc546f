export interface EnergyDistance {
  /** E ≥ 0, in the values' unit: 0 only where both sides have the same distribution. */
  distance: number;
  /** T = n m / (n + m) · E. */
  statistic: number;
  /** H, from 0 (the same distribution) to 1: E as a share of the mean distance across, doubled. */
  coefficient: number;
}

/**
 * How far apart two distributions are, in level, spread and shape at once (Székely and Rizzo, 2013), over all pairs of values:
 *
 *     E = 2 mean|a − b| − mean|a − a′| − mean|b − b′|
 *
 * The sums over pairs come from the sorted values, so two sides of N values take O(N log N).
 *
 * @throws RangeError when a side is empty or has a value that is not finite
 */
export function energyDistance(a: readonly number[], b: readonly number[]): EnergyDistance {
  if (a.length === 0 || b.length === 0) throw new RangeError('each side needs at least one value');
  if (![a, b].every((side) => side.every(Number.isFinite))) throw new RangeError('every value must be a finite number');
  const sortedA = Float64Array.from(a).sort();
  const sortedB = Float64Array.from(b).sort();
  const both = Float64Array.from([...a, ...b]).sort();
  // About the middle value and not about 0: levels far from 0 would cost the digits of the differences.
  const origin = both[both.length >> 1] ?? 0;
  const [n, m] = [a.length, b.length];
  const [inA, inB] = [pairDistances(sortedA, origin), pairDistances(sortedB, origin)];
  const across = (2 * (pairDistances(both, origin) - inA - inB)) / (n * m);
  const distance = Math.max(0, across - (2 * inA) / n ** 2 - (2 * inB) / m ** 2);
  return {
    distance,
    statistic: ((n * m) / (n + m)) * distance,
    coefficient: across === 0 ? 0 : distance / across,
  };
}

/** Sum of the distances of all pairs of ascending values. */
function pairDistances(ascending: Float64Array, origin: number): number {
  let sum = 0;
  ascending.forEach((value, i) => {
    sum += (value - origin) * (2 * i - ascending.length + 1);
  });
  return sum;
}
