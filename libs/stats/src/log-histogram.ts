import { readVarint, writeVarint } from './varint.js';

/** Ratio between a bucket's bounds. */
const gamma = 1.02;
const logGamma = Math.log(gamma);

/** The largest value: samples are 32-bit. */
const maxValue = 2 ** 31 - 1;

/** Slot 0 holds the value 0; slot 1 + i holds [gamma^i, gamma^(i+1)). */
const slots = 2 + Math.floor(Math.log(maxValue) / logGamma);

/** First byte of the packed form. Another gamma or layout is another version. */
const formatVersion = 1;

/** The bytes are not a histogram of this version. */
export class HistogramBytesError extends Error {
  override readonly name = 'HistogramBytesError';
}

export interface HistogramBucket {
  /** Inclusive. */
  from: number;
  /** Exclusive. */
  to: number;
  count: number;
}

// No power of 1.02 but the zeroth is a whole number, so rounding in the logarithm can't move a value across a bound.
function slotOf(value: number): number {
  return value === 0 ? 0 : 1 + Math.floor(Math.log(value) / logGamma);
}

/** The slots of small values, which nearly all crossings are: a look-up costs a tenth of a logarithm. */
const nearSlots = Uint16Array.from({ length: 16_384 }, (_, value) => slotOf(value));

/**
 * Powers of gamma by multiplication, which rounds alike everywhere: Math.pow gives another last digit for gamma^303 in
 * Node.js 24 than in 20 and 22, and a read model that is rebuilt must be the same to the bit.
 */
const powers = new Float64Array(slots + 1);
for (let at = 0, power = 1; at < powers.length; at += 1, power *= gamma) powers[at] = power;
const powerOf = (exponent: number): number => powers[exponent] ?? NaN;

function boundsOf(slot: number): { from: number; to: number } {
  return slot === 0 ? { from: 0, to: 1 } : { from: powerOf(slot - 1), to: powerOf(slot) };
}

/** The point whose relative distance to both bounds is the same: (gamma - 1) / (gamma + 1). */
function estimateOf(slot: number): number {
  return slot === 0 ? 0 : (2 * powerOf(slot)) / (gamma + 1);
}

/**
 * Counts in buckets of constant relative width (the mapping of DDSketch: Masson, Rim, Lee, VLDB 2019), so that
 * histograms of runs merge without loss and quantiles of the merged one are as good as those of one run:
 * at most {@link LogHistogram.relativeError} beside the exact type-7 quantile.
 */
export class LogHistogram {
  /** Bound of a quantile's relative error: 0.0099. */
  static readonly relativeError = (gamma - 1) / (gamma + 1);

  readonly #counts = new Float64Array(slots);
  #count = 0;
  #min = Infinity;
  #max = -Infinity;

  static of(values: ArrayLike<number>): LogHistogram {
    const histogram = new LogHistogram();
    // Neighbours that are equal, as most are of sorted values, are added at once.
    for (let at = 0, next = 0; at < values.length; at = next) {
      const value = values[at]!;
      for (next = at + 1; next < values.length && values[next] === value;) next += 1;
      histogram.add(value, next - at);
    }
    return histogram;
  }

  /** How many values were added. */
  get count(): number {
    return this.#count;
  }

  /** @throws RangeError when `value` is not a whole number of [0, 2^31) */
  add(value: number, times = 1): void {
    if (!Number.isInteger(value) || value < 0 || value > maxValue) {
      throw new RangeError(`a histogram takes whole numbers from 0 to ${maxValue}, not ${value}`);
    }
    const slot = nearSlots[value] ?? slotOf(value);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + times;
    this.#count += times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Adds all of `other`, which stays as it is. The order of merging does not matter. */
  merge(other: LogHistogram): this {
    const [counts, added] = [this.#counts, other.#counts];
    for (let slot = 0; slot < slots; slot += 1) counts[slot]! += added[slot]!;
    this.#count += other.#count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    return this;
  }

  /**
   * Type-7 quantile of the added values, within {@link LogHistogram.relativeError}; the smallest and largest are
   * exact. Null when nothing was added.
   * @throws RangeError when `q` is outside [0, 1]
   */
  quantile(q: number): number | null {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${q}`);
    if (this.#count === 0) return null;
    const rank = q * (this.#count - 1);
    const below = this.#valueAt(Math.floor(rank));
    const above = this.#valueAt(Math.ceil(rank));
    return below + (rank - Math.floor(rank)) * (above - below);
  }

  /** Non-empty buckets, ascending. */
  buckets(): HistogramBucket[] {
    return this.#filled().map(({ slot, count }) => ({ ...boundsOf(slot), count }));
  }

  /** Version, number of filled slots, min, max, then (distance from the slot before, count) of each: varints. */
  toBytes(): Uint8Array {
    const filled = this.#filled();
    const out = [formatVersion];
    writeVarint(out, filled.length);
    if (filled.length > 0) {
      writeVarint(out, this.#min);
      writeVarint(out, this.#max);
    }
    let before = 0;
    for (const { slot, count } of filled) {
      writeVarint(out, slot - before);
      writeVarint(out, count);
      before = slot;
    }
    return Uint8Array.from(out);
  }

  /** @throws HistogramBytesError when the bytes are damaged, of another version or longer than the histogram */
  static fromBytes(bytes: Uint8Array): LogHistogram {
    return new LogHistogram().mergeBytes(bytes);
  }

  /**
   * Adds all of a packed one, as `merge` does, without unpacking it: a tenth of the time, and 9 kB less to be collected.
   *
   * @throws HistogramBytesError as `fromBytes`; what was added by then stays, so that this one is of no use any more
   */
  mergeBytes(bytes: Uint8Array): this {
    if (bytes[0] !== formatVersion) {
      throw new HistogramBytesError(`histogram of version ${bytes[0] ?? 'none'}; this build reads ${formatVersion}`);
    }
    let at = 1;
    const next = (): number => {
      const read = readVarint(bytes, at);
      if (read === null) throw new HistogramBytesError(`histogram bytes end or overflow at offset ${at}`);
      at = read.next;
      return read.value;
    };
    const filled = next();
    const [min, max] = filled > 0 ? [next(), next()] : [Infinity, -Infinity];
    let slot = 0;
    for (let i = 0; i < filled; i++) {
      const distance = next();
      const count = next();
      slot += distance;
      if (slot >= slots || count === 0 || (i > 0 && distance === 0)) {
        throw new HistogramBytesError(`histogram has an impossible bucket (slot ${slot}, count ${count})`);
      }
      this.#counts[slot]! += count;
      this.#count += count;
      if (i === 0 && slotOf(min) !== slot) {
        throw new HistogramBytesError(`histogram's minimum ${min} is not in its first bucket`);
      }
    }
    if (filled > 0 && slotOf(max) !== slot) {
      throw new HistogramBytesError(`histogram's maximum ${max} is not in its last bucket`);
    }
    if (at !== bytes.length) throw new HistogramBytesError(`${bytes.length - at} bytes after the histogram's end`);
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    return this;
  }

  #filled(): { slot: number; count: number }[] {
    const filled: { slot: number; count: number }[] = [];
    this.#counts.forEach((count, slot) => {
      if (count > 0) filled.push({ slot, count });
    });
    return filled;
  }

  /** Estimate of the value of that 0-based rank. Clamping to what was seen only ever brings it nearer. */
  #valueAt(rank: number): number {
    let seen = 0;
    for (let slot = 0; slot < slots; slot++) {
      seen += this.#counts[slot] ?? 0;
      if (seen > rank) {
        if (rank === 0) return this.#min;
        if (rank === this.#count - 1) return this.#max;
        return Math.min(this.#max, Math.max(this.#min, estimateOf(slot)));
      }
    }
    throw new RangeError(`rank ${rank} of ${this.#count} values`);
  }
}
