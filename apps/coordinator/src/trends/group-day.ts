import { quantileOfSorted } from '#stats';
import { calibrationError } from '../compare/side.js';

export type Band = [q1: number, p50: number, q3: number];

const quartilesOf = (values: Float64Array): Band => {
  const sorted = values.sort();
  return [quantileOfSorted(sorted, 0.25), quantileOfSorted(sorted, 0.5), quantileOfSorted(sorted, 0.75)];
};

/**
 * One day of a group of hosts. A host gives the mean of its day's boot states (mostly one), and the group the quartiles over its hosts,
 * each of which weighs the same.
 */
export class GroupDay {
  hosts = 0;
  runs = 0;
  /** By the host's number: how many boot states it had that day, and the sums of their medians. */
  readonly #states: Uint16Array;
  readonly #cycles: Float64Array;
  readonly #ns: Float64Array;
  /** TSC cycles of a nanosecond. */
  #slowest = Infinity;
  #fastest = -Infinity;

  /** @param mostHosts hosts have numbers below this */
  constructor(mostHosts: number) {
    this.#states = new Uint16Array(mostHosts);
    this.#cycles = new Float64Array(mostHosts);
    this.#ns = new Float64Array(mostHosts);
  }

  /** A host's day under one boot state. @param ns NaN where the clock's rate is not known */
  take(host: number, runs: number, cycles: number, ns: number): void {
    if (this.#states[host] === 0) this.hosts += 1;
    this.runs += runs;
    this.#states[host]! += 1;
    this.#cycles[host]! += cycles;
    this.#ns[host]! += ns;
    const rate = cycles / ns;
    if (rate < this.#slowest) this.#slowest = rate;
    if (rate > this.#fastest) this.#fastest = rate;
  }

  /**
   * Quartiles over the hosts; ns null unless it is known of all, cycles null unless they are of one length. Of a single host nothing is
   * known of cycles' length before its rate is, and then they are one host's.
   */
  bands(): { cycles: Band | null; ns: Band | null } {
    const [cycles, ns] = [this.#means(this.#cycles), this.#means(this.#ns)];
    const nsKnown = !ns.some(Number.isNaN);
    const alike = this.#fastest <= this.#slowest * (1 + calibrationError);
    const oneClock = this.hosts === 1 ? alike || this.#fastest === -Infinity : alike && nsKnown;
    return { cycles: oneClock ? quartilesOf(cycles) : null, ns: nsKnown ? quartilesOf(ns) : null };
  }

  #means(sums: Float64Array): Float64Array {
    const means = new Float64Array(this.hosts);
    let at = 0;
    for (let host = 0; host < sums.length; host += 1) {
      const states = this.#states[host]!;
      if (states > 0) means[at++] = sums[host]! / states;
    }
    return means;
  }
}
