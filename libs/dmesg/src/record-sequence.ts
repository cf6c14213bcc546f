import type { RunReader } from './run-reader.js';

const newline = 0x0a;
const comma = 0x2c;
const dot = 0x2e;
const semicolon = 0x3b;
const space = 0x20;
const zero = 0x30;
const longestNumber = 19;
/** Longest header of a /dev/kmsg record that is looked at: priority, sequence, time, flags, caller. */
const longestHeaderBytes = 128;

/** Extended netconsole may put the kernel's release first, up to a comma. */
function afterRelease(bytes: Uint8Array, at: number, to: number): number {
  while (at < to && bytes[at] !== newline) if (bytes[at++] === comma) return at;
  return to;
}

/** Reads the header of a /dev/kmsg (or extended netconsole) record: `prio,seq,usec,flags[,more];`. */
class HeaderReader {
  /** The record's number, once `read` was true. */
  seq = 0;
  /** Offset of the message. */
  message = 0;
  /** Nothing stands in the header but numbers and one flag. */
  simple = false;

  read(bytes: Uint8Array, start: number, limit: number): boolean {
    const to = Math.min(limit, start + longestHeaderBytes);
    let at = start;
    for (let field = 0; field < 3; field++) {
      const from = at;
      let value = 0;
      let byte = at < to ? bytes[at]! : 0;
      while (byte >= zero && byte <= zero + 9) {
        value = value * 10 + (byte - zero);
        at++;
        byte = at < to ? bytes[at]! : 0;
      }
      if (field === 0 && byte === dot && at > from) {
        at = afterRelease(bytes, at, to);
        field--;
        continue;
      }
      if (byte !== comma || at === from || at - from > longestNumber) return false;
      if (field === 1) this.seq = value;
      at++;
    }
    const flags = at;
    for (; at < to && bytes[at] !== newline; at++) {
      if (bytes[at] !== semicolon) continue;
      this.simple = at === flags + 1;
      this.message = at + 1;
      return true;
    }
    return false;
  }
}

/** Lines in which a record header must show, else the log is taken for one without record numbers. */
const linesToRecognise = 32;
/** Up to this distance a newline is looked for byte by byte: cheaper than the call of a native search. */
const nearBytes = 64;

/**
 * Follows the kernel log's own sequence numbers from record to record and reports each jump. Works through the log in
 * order, beside the search for marked lines, and never runs ahead of it.
 */
export class RecordSequence {
  readonly #run: RunReader;
  readonly #header = new HeaderReader();
  #last = -1;
  #lines = 0;
  /** Offset in the log of the message behind the last header, when that held numbers and one flag only; else -1. */
  simpleHeadEnd = -1;
  /** Offset in the log of the next line start that was not looked at; -1 while its line's start is not known. */
  #lineStart = 0;
  /** Where to go on looking for the end of the present line, while `#lineStart` is -1. */
  #searchFrom = 0;

  constructor(run: RunReader) {
    this.#run = run;
  }

  /** True once so many lines went by without a record header that this log has none. */
  get absent(): boolean {
    return this.#last < 0 && this.#lines >= linesToRecognise;
  }

  /** Checks the records that start before `to`, an offset in `bytes`, which begin at `base` in the log. */
  advance(bytes: Buffer, base: number, to: number): void {
    while (this.#lineStart >= 0 || this.#findLineEnd(bytes, base, to)) {
      const at = this.#lineStart - base;
      if (at >= to || this.absent) return;
      this.#lines++;
      this.#searchFrom = base + this.#check(bytes, at, base);
      this.#lineStart = -1;
    }
  }

  /** The present line is known to end at `newlineAt`: saves the search. */
  lineEndsAt(newlineAt: number, base: number): void {
    if (this.#lineStart < 0) this.#lineStart = base + newlineAt + 1;
  }

  #findLineEnd(bytes: Buffer, base: number, to: number): boolean {
    let at = this.#searchFrom - base;
    if (to - at < nearBytes) {
      while (at < to && bytes[at] !== newline) at++;
      this.#searchFrom = base + at;
      if (at >= to) return false;
    } else {
      at = bytes.indexOf(newline, at);
      this.#searchFrom = base + (at < 0 ? bytes.length : at);
      if (at < 0) return false;
    }
    this.#lineStart = base + at + 1;
    return true;
  }

  /** Checks the record whose line starts at `at`; returns the offset from which its end is to be searched. */
  #check(bytes: Buffer, at: number, base: number): number {
    if (bytes[at] === space) return at; // dictionary or continuation line of the record before
    if (!this.#header.read(bytes, at, bytes.length)) return at;
    const { seq, message, simple } = this.#header;
    this.simpleHeadEnd = simple ? base + message : -1;
    const last = this.#last;
    this.#last = seq;
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
