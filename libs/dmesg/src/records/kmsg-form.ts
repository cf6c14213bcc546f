import type { Form, FormReader } from './form.js';
import type { Line } from './line-splitter.js';
import { plainRecord, priority, type LogRecord } from './log-record.js';

/**
 * `prio,seq,usec,flags[,key=value...];message`, as Documentation/ABI/testing/dev-kmsg describes it. Extended
 * netconsole puts the kernel release before it, and may cut a record into fragments.
 */
const header = /^(?:(\d+\.\d+[^,;]*),)?(\d{1,4}),(\d{1,19}),(\d{1,19}),([^,;]*)((?:,[^,;]*)*);/;
const fragmentField = /^ncfrag=(\d+)\/(\d+)$/;

interface Fragment {
  from: number;
  total: number;
}

/** Bytes that the kernel escapes: it writes everything unprintable, and the backslash, as \xHH. */
function unescape(bytes: Buffer): string {
  if (!bytes.includes(0x5c)) return bytes.toString('utf8');
  const latin = bytes.toString('latin1').replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(latin, 'latin1').toString('utf8');
}

class KmsgReader implements FormReader {
  #record: LogRecord | null = null;
  #fragment: Fragment | null = null;

  read(line: Line): LogRecord[] {
    if (line.text.startsWith(' ') && this.#record !== null) {
      this.#addToDictionary(this.#record, line);
      return [];
    }
    const { record, fragment } = this.#open(line);
    if (this.#joins(record, fragment)) return [];
    const before = this.end();
    this.#record = record;
    this.#fragment = fragment;
    return before;
  }

  end(): LogRecord[] {
    const records = this.#record === null ? [] : [this.#record];
    this.#record = null;
    this.#fragment = null;
    return records;
  }

  #open(line: Line): { record: LogRecord; fragment: Fragment | null } {
    const found = header.exec(line.text.slice(0, 512));
    if (found === null) {
      const text = line.bytes.toString('utf8');
      return { record: plainRecord(text, line, line.rawFrom, line.rawFrom + line.bytes.length), fragment: null };
    }
    const [head, , prio = '', seq = '', usec = '', flags = '', more = ''] = found;
    const message = line.bytes.subarray(head.length);
    const from = line.rawFrom + head.length;
    const record = plainRecord(unescape(message), line, from, from + message.length);
    Object.assign(record, priority(Number(prio)));
    record.seq = Number(seq);
    record.monotonicUs = Number(usec);
    record.continuation = flags.includes('c') || flags.includes('+');
    let fragment: Fragment | null = null;
    for (const field of more.split(',')) {
      if (field.startsWith('caller=')) record.caller = field.slice('caller='.length);
      const cut = fragmentField.exec(field);
      if (cut !== null) fragment = { from: Number(cut[1]), total: Number(cut[2]) };
    }
    return { record, fragment };
  }

  /** Appends the next fragment of the record at hand; a fragment that does not fit stands by itself. */
  #joins(record: LogRecord, fragment: Fragment | null): boolean {
    const before = this.#record;
    const last = this.#fragment;
    if (before === null || last === null || fragment === null) return false;
    if (before.seq !== record.seq || fragment.total !== last.total || fragment.from <= last.from) return false;
    before.message += record.message;
    before.rawTo = record.rawTo;
    before.messageTo = record.messageTo;
    this.#fragment = fragment;
    return true;
  }

  #addToDictionary(record: LogRecord, line: Line): void {
    const equals = line.bytes.indexOf(0x3d);
    record.rawTo = line.rawTo;
    if (equals < 0) {
      record.message += `\n${unescape(line.bytes.subarray(1))}`;
      return;
    }
    record.dictionary[unescape(line.bytes.subarray(1, equals))] = unescape(line.bytes.subarray(equals + 1));
  }
}

export const kmsgForm: Form = {
  name: 'kmsg',
  recognises: (line) => header.test(line.slice(0, 512)),
  createReader: () => new KmsgReader(),
};
