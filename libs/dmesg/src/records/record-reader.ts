import type { FormReader } from './form.js';
import { LineSplitter, type Line } from './line-splitter.js';
import type { LogRecord } from './log-record.js';
import { forms, recogniseForm, type RecordForm } from './recognise.js';

/** Lines and bytes looked at before the form is settled. */
const linesToRecognise = 32;
const bytesToRecognise = 65_536;

export interface RecordReader {
  /** Takes the next bytes of the log, cut anywhere; gives the records that are complete. */
  push(chunk: Uint8Array): LogRecord[];
  /** The log is over: the records held back. */
  end(): LogRecord[];
  /** `kmsg`, `text`, `serial`, `dmesg-json`, `journal-json` or `journal-export`; null until it is known. */
  readonly form: string | null;
}

/** Reads the records of a kernel log in any of the forms that people have; the form is recognised, or named. */
export function createRecordReader(options: { form?: RecordForm | 'auto' } = {}): RecordReader {
  const { form = 'auto' } = options;
  if (form !== 'auto' && !Object.hasOwn(forms, form))
    throw new Error(`form: "${String(form)}" is not known; choose auto or one of: ${Object.keys(forms).join(', ')}`);
  return new StreamingRecordReader(form);
}

class StreamingRecordReader implements RecordReader {
  readonly #lines = new LineSplitter();
  #reader: FormReader | null = null;
  #waiting: Line[] = [];
  #waitingBytes = 0;
  form: string | null = null;

  constructor(form: RecordForm | 'auto') {
    if (form === 'auto') return;
    this.form = forms[form].name;
    this.#reader = forms[form].createReader();
  }

  push(chunk: Uint8Array): LogRecord[] {
    const records: LogRecord[] = [];
    for (const line of this.#lines.push(chunk)) this.#take(line, records);
    return records;
  }

  end(): LogRecord[] {
    const records: LogRecord[] = [];
    for (const line of this.#lines.end()) this.#take(line, records);
    this.#settle(records);
    return [...records, ...(this.#reader?.end() ?? [])];
  }

  #take(line: Line, records: LogRecord[]): void {
    if (this.#reader !== null) {
      records.push(...this.#reader.read(line));
      return;
    }
    // A line is a view of the caller's chunk; what waits must not be.
    this.#waiting.push({ ...line, bytes: Buffer.from(line.bytes) });
    this.#waitingBytes += line.bytes.length;
    if (this.#waiting.length >= linesToRecognise || this.#waitingBytes >= bytesToRecognise) this.#settle(records);
  }

  #settle(records: LogRecord[]): void {
    if (this.#reader !== null) return;
    const form = recogniseForm(this.#waiting.map(({ text }) => text));
    this.form = form.name;
    this.#reader = form.createReader();
    for (const line of this.#waiting) records.push(...this.#reader.read(line));
    this.#waiting = [];
  }
}
