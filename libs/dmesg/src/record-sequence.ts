import { RecordHeadReader } from './record-head.js';
import type { RunReader } from './run-reader.js';

const space = 0x20;
/** Lines in which a record head must show, else the log is taken for one without record numbers. */
const linesToRecognise = 32;

/** The kernel log's own sequence numbers, from record to record: reports each jump. */
export class RecordSequence {
  readonly #run: RunReader;
  readonly #head = new RecordHeadReader();
  #last = -1;
  #lines = 0;

  constructor(run: RunReader) {
    this.#run = run;
  }

  /** True once so many lines went by without a record head that this log has none. */
  get absent(): boolean {
    return this.#last < 0 && this.#lines >= linesToRecognise;
  }

  /** The number that the next record has when none was lost. */
  get next(): number {
    return this.#last + 1;
  }

  /** So many records, each with the number expected, went by. */
  pass(records: number): void {
    this.#last += records;
  }

  /** Checks the line that starts at `bytes[at]` and ends before `limit`; says whether it is a record with a number. */
  check(bytes: Uint8Array, at: number, limit: number, base: number): boolean {
    this.#lines++;
    if (bytes[at] === space) return false; // dictionary or continuation line of the record before
    if (!this.#head.read(bytes, at, limit)) return false;
    const { seq, message } = this.#head;
    const last = this.#last;
    this.#last = seq;
    // The fragments of one extended netconsole record carry the same number.
    if (last < 0 || seq === last + 1 || seq === last) return true;
    if (seq > last) {
      const lost = seq - last - 1;
      this.#run.recordGap(`${lost} kernel-log records lost before record ${seq}`, lost, base + at, base + message);
    } else {
      const detail = `record numbers went back from ${last} to ${seq}: a reboot, or the log was read twice`;
      this.#run.recordGap(detail, null, base + at, base + message);
    }
    return true;
  }
}
