import { longestRecordHeadBytes, NextRecordHead, RecordHeadReader } from './record-head.js';
import type { RunReader } from './run-reader.js';

const newline = 0x0a;
const space = 0x20;
/** Lines in which a record head must show, else the log is taken for one without record numbers. */
const linesToRecognise = 32;
/** Up to this distance a newline is looked for byte by byte: cheaper than the call of a native search. */
const nearBytes = 24;

/**
 * Follows the kernel log's own sequence numbers from record to record and reports each jump. Works through the log in
 * order, beside the search for marked lines, and never runs ahead of it.
 */
export class RecordSequence {
  readonly #run: RunReader;
  readonly #head = new RecordHeadReader();
  readonly #next = new NextRecordHead();
  #last = -1;
  #lines = 0;
  /** Offset in the log of the next line start that was not looked at; -1 while its line's start is not known. */
  #lineStart = 0;
  /** Where to go on looking for the end of the present line, while `#lineStart` is -1. */
  #searchFrom = 0;

  constructor(run: RunReader) {
    this.#run = run;
  }

  /** True once so many lines went by without a record head that this log has none. */
  get absent(): boolean {
    return this.#last < 0 && this.#lines >= linesToRecognise;
  }

  /**
   * Checks the records that start before `to`, an offset in `bytes`, which begin at `base` in the log. `view` is of the
   * same bytes.
   */
  advance(bytes: Buffer, view: DataView, base: number, to: number): void {
    if (this.#lineStart < 0) this.#lineStart = this.#lineBehind(bytes, base, this.#searchFrom - base, to);
    while (this.#lineStart >= 0 && this.#lineStart - base < to && !this.absent) {
      const at = this.#pass(bytes, view, base, to);
      if (at >= to) return;
      if (at >= 0) this.#lineStart = this.#lineBehind(bytes, base, this.#check(bytes, at, base), to);
    }
  }

  /** Passes over the records that follow without a loss; returns the line start to look at closer, or -1 for none. */
  #pass(bytes: Buffer, view: DataView, base: number, to: number): number {
    const next = this.#next;
    const last = Math.min(to - nearBytes, bytes.length - longestRecordHeadBytes);
    let at = this.#lineStart - base;
    let passed = 0;
    while (at >= 0 && at < last) {
      const message = next.read(bytes, view, at);
      if (message < 0) break;
      passed++;
      at = bytes.indexOf(newline, message) + 1 || -1;
    }
    this.#last += passed;
    this.#lineStart = at < 0 ? -1 : base + at;
    if (at < 0) this.#searchFrom = base + bytes.length;
    return at;
  }

  /**
   * When the line at `lineStart` is the next one and a record with a simple head and the number expected, takes note of
   * it and returns where its message begins; else -1. At least `longestRecordHeadBytes` must stand behind it.
   */
  step(bytes: Buffer, view: DataView, base: number, lineStart: number): number {
    if (this.#lineStart !== base + lineStart) return -1;
    const message = this.#next.read(bytes, view, lineStart);
    if (message < 0) return -1;
    this.#last++;
    this.#lineStart = -1;
    this.#searchFrom = base + message;
    return message;
  }

  /** The present line is known to end at `newlineAt`: saves the search. */
  lineEndsAt(newlineAt: number, base: number): void {
    if (this.#lineStart < 0) this.#lineStart = base + newlineAt + 1;
  }

  /** Offset in the log of the line behind the one that `at` stands in; -1 when that starts behind `to` or farther. */
  #lineBehind(bytes: Buffer, base: number, at: number, to: number): number {
    let found = at;
    if (to - at < nearBytes) {
      while (found < to && bytes[found] !== newline) found++;
      this.#searchFrom = base + found;
      return found < to ? base + found + 1 : -1;
    }
    found = bytes.indexOf(newline, at);
    if (found >= 0) return base + found + 1;
    this.#searchFrom = base + bytes.length;
    return -1;
  }

  /** Checks the record whose line starts at `at`; returns the offset from which its end is to be searched. */
  #check(bytes: Buffer, at: number, base: number): number {
    this.#lines++;
    if (bytes[at] === space) return at; // dictionary or continuation line of the record before
    if (!this.#head.read(bytes, at, bytes.length)) return at;
    const { seq, message } = this.#head;
    const last = this.#last;
    this.#last = seq;
    this.#next.follow(seq);
    // The fragments of one extended netconsole record carry the same number.
    if (last < 0 || seq === last + 1 || seq === last) return message;
    if (seq > last) {
      const lost = seq - last - 1;
      this.#run.recordGap(`${lost} kernel-log records lost before record ${seq}`, lost, base + at, base + message);
    } else {
      const detail = `record numbers went back from ${last} to ${seq}: a reboot, or the log was read twice`;
      this.#run.recordGap(detail, null, base + at, base + message);
    }
    return message;
  }
}
