import { limits } from '#contracts';

/**
 * Which of a run's faults gave a sample, counted batch by batch with a bit a fault: 125 kB for a million, and 3 to 4 ns of
 * CPU time a sample, where the worker takes some hundreds for all that it does.
 */
export class SequenceTally {
  readonly #faults: number;
  readonly #seen: Uint32Array;
  /** Faults that gave a sample; each counts once. */
  distinct = 0;
  /** Samples whose number had come before, and the first such number. */
  repeated = 0;
  firstRepeated: number | null = null;
  /** Samples whose number no fault of the run has, and the first such number. */
  outside = 0;
  firstOutside: number | null = null;

  /** @param faults measured faults of the run, numbered from 0; no run has more than `limits.faultsPerRun`. */
  constructor(faults: number) {
    this.#faults = Math.min(faults, limits.faultsPerRun);
    this.#seen = new Uint32Array(Math.ceil(this.#faults / 32));
  }

  add(seq: Int32Array): void {
    const seen = this.#seen;
    const faults = this.#faults;
    for (let index = 0; index < seq.length; index++) {
      const number = seq[index]!;
      const word = number >>> 5;
      const bit = 1 << (number & 31);
      if (number < 0 || number >= faults) this.#outside(number);
      else if ((seen[word]! & bit) !== 0) this.#repeated(number);
      else {
        seen[word]! |= bit;
        this.distinct++;
      }
    }
  }

  #outside(number: number): void {
    this.firstOutside ??= number;
    this.outside++;
  }

  #repeated(number: number): void {
    this.firstRepeated ??= number;
    this.repeated++;
  }
}
