import { metricsOfProbe, type Metric, type Probe } from '#contracts';
import { samplesPerLine, type ContractLineParser } from './contract-line.js';
import type { SamplesItem } from './log-item.js';

/** Samples and raw bytes after which an item is handed on; below the contracts' samplesPerEvent and rawBytesPerEvent. */
export const samplesPerItem = 4_096;
export const rawBytesPerItem = 262_144;

/** A sample's values, from 0 on; the second has no meaning where the probe has one metric. */
export interface SampleColumns {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly interrupted: Uint8Array;
}

/** Room for a line behind the most samples that are ever held: an item is handed on with the line that fills it. */
const room = samplesPerItem - 1 + samplesPerLine;

/**
 * Gathers the samples of consecutive lines into one item. An item ends by what was read, never by where a chunk
 * ended, so that any chunking of a log gives the same items.
 *
 * Fewer than `samplesPerItem` samples are held between two lines. A typed array drops what is written behind its end
 * without a word, so this is what keeps a line's samples from getting lost; `room` follows from it.
 */
export class SampleBuffer {
  readonly #metrics: readonly Metric[];
  /** A line's samples are laid behind `count` before they are believed. */
  readonly seq = new Int32Array(room);
  readonly first = new Int32Array(room);
  readonly second = new Int32Array(room);
  readonly interrupted = new Uint8Array(room);
  count = 0;
  #pid = 0;
  #cpu = 0;
  #rawFrom = 0;
  #rawTo = 0;

  constructor(probe: Probe) {
    this.#metrics = metricsOfProbe(probe);
  }

  /** Lays a line's samples behind the last, as `accept` wants them. */
  lay({ firstSeq, count, first, second, interrupted }: ContractLineParser): void {
    for (let index = 0, to = this.count; index < count; index++, to++) {
      this.seq[to] = firstSeq + index;
      this.first[to] = first[index]!;
      this.second[to] = second[index]!;
      this.interrupted[to] = interrupted[index]!;
    }
  }

  /** Lays samples of lines that follow one another behind the last, as `accept` wants them. */
  layColumns(firstSeq: number, samples: number, { first, second, interrupted }: SampleColumns): void {
    const to = this.count;
    for (let index = 0; index < samples; index++) this.seq[to + index] = firstSeq + index;
    this.first.set(first.subarray(0, samples), to);
    if (this.#metrics.length > 1) this.second.set(second.subarray(0, samples), to);
    this.interrupted.set(interrupted.subarray(0, samples), to);
  }

  /** Whether samples of this process and CPU go into the item at hand. */
  isOf(pid: number, cpu: number): boolean {
    return this.count === 0 || (pid === this.#pid && cpu === this.#cpu);
  }

  /** Where the item at hand begins. */
  get rawFrom(): number {
    return this.#rawFrom;
  }

  /**
   * Takes in the `samples` that were laid behind the last. Returns the item that they fill, or the one before them, when
   * its process or CPU was another or its lines lie too far back; else null.
   */
  accept(samples: number, pid: number, cpu: number, rawFrom: number, rawTo: number): SamplesItem | null {
    const fits = pid === this.#pid && cpu === this.#cpu && rawTo - this.#rawFrom <= rawBytesPerItem;
    const before = fits ? null : this.#takeBefore(samples);
    if (this.count === 0) {
      this.#pid = pid;
      this.#cpu = cpu;
      this.#rawFrom = rawFrom;
    }
    this.#rawTo = rawTo;
    this.count += samples;
    // Never both: behind an item that was handed on stands one line only.
    return this.count < samplesPerItem ? before : this.take();
  }

  /** Takes the item and moves the samples laid behind it to the front. */
  #takeBefore(samples: number): SamplesItem | null {
    const from = this.count;
    const item = this.take();
    for (const column of [this.seq, this.first, this.second, this.interrupted])
      column.copyWithin(0, from, from + samples);
    return item;
  }

  /** The samples gathered so far as one item, or null when there are none. */
  take(): SamplesItem | null {
    const count = this.count;
    if (count === 0) return null;
    this.count = 0;
    const columns: Partial<Record<Metric, Int32Array>> = {};
    const sources = [this.first, this.second];
    this.#metrics.forEach((metric, index) => (columns[metric] = sources[index]!.slice(0, count)));
    return {
      kind: 'samples',
      cpu: this.#cpu,
      pid: this.#pid,
      seq: this.seq.slice(0, count),
      columns,
      interrupted: this.interrupted.slice(0, count),
      rawFrom: this.#rawFrom,
      rawTo: this.#rawTo,
    };
  }
}
