import type { RunReader } from './run-reader.js';

const newline = 0x0a;
const comma = 0x2c;
const semicolon = 0x3b;
const space = 0x20;
/** Longest header of a /dev/kmsg record that is looked at: priority, sequence, time, flags, caller. */
const longestHeaderBytes = 128;

/** The fields of `prio,seq,usec,flags[,more];` that the sequence check needs; `seq` is -1 when it is no such header. */
interface Header {
  seq: number;
  /** Offset of the message. */
  message: number;
}

/** Extended netconsole may put the kernel's release first: digits, a dot, anything, a comma. */
function afterRelease(bytes: Uint8Array, at: number, to: number): number {
  let dot = at;
  while (dot < to && bytes[dot]! >= 0x30 && bytes[dot]! <= 0x39) dot++;
  if (dot === at || bytes[dot] !== 0x2e) return at;
  for (let end = dot; end < to && bytes[end] !== newline; end++) if (bytes[end] === comma) return end + 1;
  return at;
}

/** Reads the header of a /dev/kmsg (or extended netconsole) record at `at`. */
export function kmsgHeader(bytes: Uint8Array, at: number, limit: number): Header {
  const none = { seq: -1, message: at };
  let seq = -1;
  let value = 0;
  let digits = 0;
  let field = 0;
  const to = Math.min(limit, at + longestHeaderBytes);
  at = afterRelease(bytes, at, to);
  for (; at < to && field < 3; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      digits++;
    } else if (byte === comma && digits > 0 && digits < 20) {
      if (field === 1) seq = value;
      field++;
      value = 0;
      digits = 0;
    } else return none;
  }
  if (field < 3) return none;
  for (; at < to; at++) {
    if (bytes[at] === semicolon) return { seq, message: at + 1 };
    if (bytes[at] === newline) return none;
  }
  return none;
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
  #last = -1;
  #lines = 0;
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
    const { seq, message } = kmsgHeader(bytes, at, bytes.length);
    if (seq < 0) return at;
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
