import type { RawRange } from '../log-item.js';

/** One record of a kernel log. What a form does not tell is null, never guessed. */
export interface LogRecord extends RawRange {
  /** Syslog severity, 0 (emerg) to 7 (debug). */
  level: number | null;
  /** Syslog facility; 0 is the kernel. */
  facility: number | null;
  /** The kernel log's own number of the record. */
  seq: number | null;
  /** Microseconds since boot. */
  monotonicUs: number | null;
  /** ISO 8601; `XXXX` for a year that the form leaves out, no offset where it leaves that out. */
  wallTime: string | null;
  /** Who printed it, as the kernel tells: `T<thread id>` or `C<cpu>`. */
  caller: string | null;
  /** The message continues the record before it. */
  continuation: boolean;
  /** Key to value, as the driver core adds them (SUBSYSTEM, DEVICE). */
  dictionary: Record<string, string>;
  message: string;
  /** Byte range of the message in the source, escapes and all. */
  messageFrom: number;
  messageTo: number;
}

/** A record with nothing but its message, to be filled in. */
export function plainRecord(message: string, range: RawRange, messageFrom: number, messageTo: number): LogRecord {
  return {
    level: null,
    facility: null,
    seq: null,
    monotonicUs: null,
    wallTime: null,
    caller: null,
    continuation: false,
    dictionary: {},
    message,
    rawFrom: range.rawFrom,
    rawTo: range.rawTo,
    messageFrom,
    messageTo,
  };
}

/** Splits a syslog priority into level and facility. */
export function priority(value: number): { level: number; facility: number } {
  return { level: value & 7, facility: value >> 3 };
}

/** Microseconds of a decimal number of seconds, exact in its digits: `12.345678`. */
export function microseconds(seconds: string): number {
  const [whole = '0', fraction = ''] = seconds.trim().split('.');
  return Number(whole) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
