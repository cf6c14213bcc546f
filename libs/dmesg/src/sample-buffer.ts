import { metricsOfProbe, type Metric, type Probe } from '#contracts';
import { samplesPerLine, type ContractLineParser } from './contract-line.js';
import type { SamplesItem } from './log-item.js';

/** Samples and raw bytes after which an item is handed on; below the contracts' samplesPerEvent and rawBytesPerEvent. */
const samplesPerItem = 4_096;
const rawBytesPerItem = 262_144;

/**
 * Gathers the samples of consecutive lines into one item. An item ends by what was read, never by where a chunk
 * ended, so that any chunking of a log gives the same items.
 */
export class SampleBuffer {
  readonly #metrics: readonly Metric[];
  readonly #seq = new Int32Array(samplesPerItem + samplesPerLine);
  readonly #first = new Int32Array(samplesPerItem + samplesPerLine);
  readonly #second = new Int32Array(samplesPerItem + samplesPerLine);
  readonly #interrupted = new Uint8Array(samplesPerItem + samplesPerLine);
  #count = 0;
  #pid = 0;
  #cpu = 0;
  #rawFrom = 0;
  #rawTo = 0;

  constructor(probe: Probe) {
    this.#metrics = metricsOfProbe(probe);
  }

  /** Whether this line's samples belong to the same item: same process, same CPU, and room for it. */
  fits(line: ContractLineParser, rawTo: number): boolean {
    if (this.#count === 0) return true;
    return (
      line.pid === this.#pid &&
      line.cpu === this.#cpu &&
      this.#count < samplesPerItem &&
      rawTo - this.#rawFrom <= rawBytesPerItem
    );
  }

  add(line: ContractLineParser, rawFrom: number, rawTo: number): void {
    if (this.#count === 0) {
      this.#pid = line.pid;
      this.#cpu = line.cpu;
      this.#rawFrom = rawFrom;
    }
    this.#rawTo = rawTo;
    let to = this.#count;
    for (let index = 0; index < line.count; index++, to++) {
      this.#seq[to] = line.firstSeq + index;
      this.#first[to] = line.first[index]!;
      this.#second[to] = line.second[index]!;
      this.#interrupted[to] = line.interrupted[index]!;
    }
    this.#count = to;
  }

  /** The samples gathered so far as one item, or null when there are none. */
  take(): SamplesItem | null {
    const count = this.#count;
    if (count === 0) return null;
    this.#count = 0;
    const columns: Partial<Record<Metric, Int32Array>> = {};
    const sources = [this.#first, this.#second];
    this.#metrics.forEach((metric, index) => (columns[metric] = sources[index]!.slice(0, count)));
    return {
      kind: 'samples',
      cpu: this.#cpu,
      pid: this.#pid,
      seq: this.#seq.slice(0, count),
      columns,
      interrupted: this.#interrupted.slice(0, count),
      rawFrom: this.#rawFrom,
      rawTo: this.#rawTo,
    };
  }
}
