import { limits } from '#contracts';
import type { GapItem, LogReader, SamplesItem } from '#dmesg';
import type { SampleColumns } from '#samples';
import { ByteRope } from './byte-rope.js';
import { ColumnBuffer } from './column-buffer.js';

/** Samples with the captured bytes that stand with them. `samples.seq` is empty where there are only bytes. */
export interface CapturedBatch {
  kind: 'batch';
  samples: SampleColumns;
  /** The captured bytes `[rawFrom, rawTo)` of the attempt. */
  raw: Uint8Array;
  rawFrom: number;
  rawTo: number;
}

export type Captured = CapturedBatch | GapItem;

/**
 * Cuts a captured log into batches: at most `limits.samplesPerEvent` samples and `limits.rawBytesPerEvent` bytes each,
 * samples of one CPU only. The byte ranges of all batches follow one another without gap or overlap from the first
 * captured byte to the last, whatever the chunks were.
 */
export class CaptureBatcher {
  private readonly rope = new ByteRope();
  private pending = new ColumnBuffer(0);

  constructor(
    private readonly reader: LogReader,
    private readonly samplesPerBatch: number = limits.samplesPerEvent,
    private readonly bytesPerBatch: number = limits.rawBytesPerEvent,
  ) {}

  push(chunk: Uint8Array): Captured[] {
    this.rope.append(chunk);
    const captured = this.take(this.reader.push(chunk));
    // Bytes without samples (other people's lines) must not pile up. Nothing tells where a line ends here, and
    // nothing needs to: the ranges only have to cover everything once.
    while (this.pending.count === 0 && this.rope.to - this.rope.from > this.bytesPerBatch) {
      captured.push(...this.cut(this.rope.from + this.bytesPerBatch));
    }
    return captured;
  }

  /** The rest, and what the reader found missing at the end. */
  end(): Captured[] {
    return [...this.take(this.reader.end()), ...this.cut(this.rope.to)];
  }

  private take(items: ReturnType<LogReader['push']>): Captured[] {
    return items.flatMap((item) => {
      if (item.kind === 'gap') return [item];
      return item.kind === 'samples' ? this.takeSamples(item) : [];
    });
  }

  private takeSamples(item: SamplesItem): Captured[] {
    const captured: Captured[] = [];
    // A batch ends before an item that does not fit, so that the bytes of samples stand with them.
    const fits =
      item.cpu === this.pending.cpu &&
      this.pending.count + item.seq.length <= this.samplesPerBatch &&
      item.rawTo - this.rope.from <= this.bytesPerBatch;
    if (this.pending.count > 0 && !fits) captured.push(...this.cut(item.rawFrom));
    if (this.pending.count === 0) this.pending = new ColumnBuffer(item.cpu);
    // An item larger than a batch is split; its bytes go with its last part.
    for (let from = 0; from < item.seq.length;) {
      const to = Math.min(item.seq.length, from + this.samplesPerBatch - this.pending.count);
      this.pending.add(item, from, to);
      from = to;
      if (from < item.seq.length) captured.push(...this.cut(item.rawFrom));
    }
    return captured;
  }

  /** Ends the pending batch at a byte offset; bytes beyond what one event carries go before it without samples. */
  private cut(to: number): CapturedBatch[] {
    const batches: CapturedBatch[] = [];
    while (to - this.rope.from > this.bytesPerBatch) {
      batches.push(this.batch(new ColumnBuffer(this.pending.cpu), this.rope.from + this.bytesPerBatch));
    }
    if (this.pending.count > 0 || to > this.rope.from) batches.push(this.batch(this.pending, to));
    this.pending = new ColumnBuffer(this.pending.cpu);
    return batches;
  }

  private batch(columns: ColumnBuffer, to: number): CapturedBatch {
    const rawFrom = this.rope.from;
    const raw = this.rope.take(to);
    return { kind: 'batch', samples: columns.columns(), raw, rawFrom, rawTo: this.rope.from };
  }
}
