import type { Line } from './line-splitter.js';
import type { LogRecord } from './log-record.js';

/** Reads the lines of one form; a record is given out when it is known to be complete. */
export interface FormReader {
  read(line: Line): LogRecord[];
  /** The log is over: what was held back. */
  end(): LogRecord[];
}

/** A way in which kernel logs are written. */
export interface Form {
  name: string;
  /** Whether this line could hardly stand in a log of another form. */
  recognises(line: string): boolean;
  createReader(): FormReader;
}
