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
    return this.together(
      (whole) => whole(low, high),
      (value) => [value],
    );
  }

  /** A share from `low` to `high`, in steps of 0.1 %. */
  share(low: number, high: number): number {
    return this.whole(Math.round(low * 1_000), Math.round(high * 1_000)) / 1_000;
  }

  /** A night in this part of the history. */
  night(days: number, from: number, to: number): number {
    return this.whole(...nightsOf(days, from, to));
  }

  /**
   * Whole numbers from which others follow, as the last night follows from the first and their number. `all` lists both
   * sorts; none of them is the default story's at the same place.
   */
  together<Drawn>(
    draw: (whole: (low: number, high: number) => number) => Drawn,
    all: (drawn: Drawn) => number[],
  ): Drawn {
    const of = (random: Random): Drawn => draw((low, high) => low + Math.floor(random.uniform() * (high - low + 1)));
    const known = this.#known === null ? [] : all(of(this.#known));
    for (;;) {
      const drawn = of(this.#own);
      if (!all(drawn).some((value, place) => value === known[place])) return drawn;
    }
  }
}

/** The first and the last night of this part of a history. */
export function nightsOf(days: number, from: number, to: number): [number, number] {
  return [Math.round(days * from), Math.round(days * to)];
}
