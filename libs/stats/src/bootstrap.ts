import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

interface Stratum {
  /** Rank of each of its values among all values of the side. */
  ranks: number[];
  /** How many values a resample draws, and what each stands for. */
  draws: number;
  weight: number;
}

/**
 * Draws medians of resamples of one side.
 *
 * Each stratum of n values gives n - 1 draws with replacement, each of weight n / (n - 1) (Rao and Wu 1988):
 * drawing n of n understates the variance of a stratum by (n - 1) / n, a quarter with four runs.
 *
 * Values are ranked once; a resample adds weights per rank and walks to half of the whole weight, so it costs
 * O(runs) and sorts nothing.
 */
export class MedianResampler {
  readonly #sorted: Float64Array;
  readonly #strata: readonly Stratum[];
  readonly #weights: Float64Array;
  readonly #random: RandomGenerator;

  /** @param strata at least one; each of at least two values */
  constructor(strata: readonly (readonly number[])[], random: RandomGenerator) {
    const values = strata.flatMap((stratum, index) => stratum.map((value) => ({ value, index })));
    values.sort((a, b) => a.value - b.value);
    this.#sorted = Float64Array.from(values, ({ value }) => value);
    this.#weights = new Float64Array(values.length);
    this.#random = random;
    const ranks: number[][] = strata.map(() => []);
    values.forEach(({ index }, rank) => ranks[index]?.push(rank));
    this.#strata = ranks.map((ranks) => {
      if (ranks.length < 2) throw new RangeError('a stratum of fewer than two runs has no spread to resample');
      return { ranks, draws: ranks.length - 1, weight: ranks.length / (ranks.length - 1) };
    });
  }

  /** The weighted median of one resample. */
  next(): number {
    this.#weights.fill(0);
    for (const { ranks, draws, weight } of this.#strata) {
      for (let draw = 0; draw < draws; draw++) {
        const rank = ranks[uniformInt(this.#random, 0, ranks.length - 1)] ?? 0;
        this.#weights[rank] = (this.#weights[rank] ?? 0) + weight;
      }
    }
    return this.#weightedMedian();
  }

  /** The value at which the weight below reaches half; the mean with the next drawn value when it is exactly half. */
  #weightedMedian(): number {
    const total = this.#sorted.length;
    // Weights are fractions: sums that should be equal differ by rounding.
    const tolerance = total * 1e-9;
    let below = 0;
    let lower: number | null = null;
    for (let rank = 0; rank < total; rank++) {
      const weight = this.#weights[rank] ?? 0;
      if (weight === 0) continue;
      const value = this.#sorted[rank] ?? 0;
      if (lower !== null) return (lower + value) / 2;
      below += weight;
      if (below > total / 2 + tolerance) return value;
      if (below > total / 2 - tolerance) lower = value;
    }
    throw new RangeError('a resample without weight');
  }
}
