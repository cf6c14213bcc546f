import { createHash } from 'node:crypto';

/**
 * Everything a chaos run draws, from its seed and a word that says what for: what one part draws never shifts what
 * another gets, so that a new kind of fault leaves an old seed's jobs as they were.
 */
export class Dice {
  #drawn = 0;

  constructor(
    private readonly seed: number,
    private readonly purpose: string,
  ) {}

  /** Uniform in [0, 1). */
  share(): number {
    const digest = createHash('sha256').update(`${this.seed}/${this.purpose}/${this.#drawn++}`).digest();
    return digest.readUInt32BE(0) / 0x1_0000_0000;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.share() * (to - from + 1));
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.between(0, from.length - 1)];
    if (one === undefined) throw new Error(`nothing to pick from for ${this.purpose}`);
    return one;
  }
}
