import { Random, seedOf } from '#entry-sim';
import { defaultSeed } from '../options.js';

/**
 * Draws of a story. Those of any other seed than the default differ from the default's in every single one, so that
 * whoever knows that story knows no date and no size of another.
 */
export class Draws {
  readonly #own: Random;
  readonly #known: Random | null;

  constructor(seed: number) {
    this.#own = new Random(seedOf('story', seed));
    this.#known = seed === defaultSeed ? null : new Random(seedOf('story', defaultSeed));
  }

  /** A whole number from `low` to `high`. */
  whole(low: number, high: number): number {
    const draw = (random: Random): number => low + Math.floor(random.uniform() * (high - low + 1));
    const known = this.#known === null ? null : draw(this.#known);
    for (;;) {
      const value = draw(this.#own);
      if (value !== known || high <= low) return value;
    }
  }

  /** A share from `low` to `high`, in steps of 0.1 %. */
  share(low: number, high: number): number {
    return this.whole(Math.round(low * 1_000), Math.round(high * 1_000)) / 1_000;
  }

  /** A night in this part of the history. */
  night(days: number, from: number, to: number): number {
    return this.whole(Math.round(days * from), Math.max(Math.round(days * from), Math.round(days * to)));
  }

  /** One of a list, which may well be the default story's too. */
  one<T>(list: readonly T[]): T {
    this.#known?.uint32();
    const chosen = list[this.#own.uint32() % list.length];
    if (chosen === undefined) throw new Error('a draw from an empty list');
    return chosen;
  }
}
