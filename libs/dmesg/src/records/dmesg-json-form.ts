import type { Form, FormReader } from './form.js';
import type { Line } from './line-splitter.js';
import { microseconds, plainRecord, priority, type LogRecord } from './log-record.js';

const field = /^\s*"(pri|time|caller|msg)":\s*(.*?),?\s*$/;

/** `dmesg --json`: one document, but util-linux writes each field on a line of its own, so it can be read as it comes. */
class DmesgJsonReader implements FormReader {
  #record: LogRecord | null = null;

  read(line: Line): LogRecord[] {
    if (/^\s*\}/.test(line.text)) return this.#close(line);
    const found = field.exec(line.bytes.toString('utf8'));
    if (found === null) return [];
    const [, name = '', value = ''] = found;
    this.#record ??= plainRecord('', line, line.rawFrom, line.rawFrom);
    this.#record.rawTo = line.rawTo;
    this.#set(this.#record, name, value, line);
    return [];
  }

  end(): LogRecord[] {
    const records = this.#record === null ? [] : [this.#record];
    this.#record = null;
    return records;
  }

  #close(line: Line): LogRecord[] {
    if (this.#record !== null) this.#record.rawTo = line.rawTo;
    return this.end();
  }

  /**
   * util-linux 2.38 adds the facility's number unshifted to the level (user.info reads 7), so below 8 the facility is
   * unknown, and the level is right for the kernel's own records only.
   */
  #setPriority(record: LogRecord, value: number): void {
    if (!Number.isInteger(value) || value < 0) return;
    const { level, facility } = priority(value);
    record.level = level;
    record.facility = facility === 0 ? null : facility;
  }

  #set(record: LogRecord, name: string, value: string, line: Line): void {
    if (name === 'pri') this.#setPriority(record, Number.parseInt(value, 10));
    else if (name === 'time') record.monotonicUs = /^\d+\.\d+$/.test(value) ? microseconds(value) : null;
    else if (name === 'caller') record.caller = unquote(value);
    else {
      const colon = line.text.indexOf(':');
      const from = line.text.indexOf('"', colon) + 1;
      const to = line.text.lastIndexOf('"');
      record.message = unquote(value);
      record.messageFrom = line.rawFrom + from;
      record.messageTo = line.rawFrom + Math.max(from, to);
    }
  }
}

/** The text of a JSON string; damaged ones are kept as they stand. */
function unquote(value: string): string {
  try {
    const text: unknown = JSON.parse(value);
    return typeof text === 'string' ? text : value;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

export const dmesgJsonForm: Form = {
  name: 'dmesg-json',
  recognises: (line) => /^\s*"dmesg":\s*\[/.test(line) || /^\s*"pri":\s*\d+,\s*$/.test(line),
  createReader: () => new DmesgJsonReader(),
};
