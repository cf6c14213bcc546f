import type { RawRange } from '../log-item.js';

const newline = 0x0a;
/** Longer lines are cut into pieces, so that memory stays bounded whatever the log holds. */
export const longestPieceBytes = 1_048_576;

/** One line without its newline. `rawTo` counts the newline in. */
export interface Line extends RawRange {
  bytes: Buffer;
  /** The same bytes as latin1: an index in it is an offset in `bytes`. */
  text: string;
}

/** Cuts a stream of chunks into lines. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #held = 0;
  #lineFrom = 0;

  /** The lines that `chunk` completes. The chunk is not kept. */
  *push(chunk: Uint8Array): Generator<Line> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let from = 0;
    for (;;) {
      const room = longestPieceBytes - this.#held;
      const found = bytes.indexOf(newline, from);
      const end = found < 0 ? bytes.length : found;
      if (end - from > room) {
        yield this.#line(bytes.subarray(from, from + room), 0);
        from += room;
        continue;
      }
      if (found < 0) break;
      yield this.#line(bytes.subarray(from, found), 1);
      from = found + 1;
    }
    if (from === bytes.length) return;
    this.#parts.push(Buffer.from(bytes.subarray(from)));
    this.#held += bytes.length - from;
  }

  /** The last line, when the log does not end with a newline. */
  *end(): Generator<Line> {
    if (this.#held > 0) yield this.#line(Buffer.alloc(0), 0);
  }

  #line(tail: Buffer, terminator: 0 | 1): Line {
    const bytes = this.#held === 0 ? tail : Buffer.concat([...this.#parts, tail]);
    this.#parts = [];
    this.#held = 0;
    const rawFrom = this.#lineFrom;
    this.#lineFrom = rawFrom + bytes.length + terminator;
    return { bytes, text: bytes.toString('latin1'), rawFrom, rawTo: this.#lineFrom };
  }
}
