import { createHash, type Hash } from 'node:crypto';
import type { Reading } from '#contracts';
import { metricsOf, type SampleColumns, SequenceTally } from '#samples';
import { runFigures } from '../projections/run-figures.js';

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** What one reading of a log holds, gathered batch by batch, to be set beside another reading. */
export class SampleTally {
  readonly #batches: SampleColumns[] = [];
  /** One for each column, so that it does not matter where a batch ends. */
  readonly #hashes = new Map<string, Hash>();
  readonly sequence: SequenceTally;
  samples = 0;

  /** @param faults how many sequence numbers were announced */
  constructor(faults: number) {
    this.sequence = new SequenceTally(faults);
  }

  add(batch: SampleColumns): void {
    this.#batches.push(batch);
    this.samples += batch.seq.length;
    this.sequence.add(batch.seq);
    this.#hash('seq', batch.seq);
    this.#hash('cpu', new Int32Array(batch.seq.length).fill(batch.cpu));
    this.#hash('interrupted', batch.interrupted);
    for (const metric of metricsOf(batch)) this.#hash(metric, batch.columns[metric] ?? new Int32Array());
  }

  medians(): Reading['medians'] {
    return runFigures(this.#batches).map(({ metric, summary }) => ({ metric, p50Cycles: summary.p50 }));
  }

  /** The same for the same samples in the same order, however they were cut into batches. Call it once, at the end. */
  digest(): string {
    return [...this.#hashes].map(([column, hash]) => `${column}=${hash.digest('hex')}`).join(' ');
  }

  #hash(column: string, values: Int32Array | Uint8Array): void {
    if (values.length === 0) return;
    const hash = this.#hashes.get(column) ?? createHash('sha256');
    this.#hashes.set(column, hash.update(bytesOf(values)));
  }
}
