import type { Form, FormReader } from './form.js';
import { journalRecord } from './journal-fields.js';
import { longestPieceBytes, type Line } from './line-splitter.js';
import type { LogRecord } from './log-record.js';

const lengthBytes = 8;

/** A binary field that is still being read: name, newline, 64-bit little-endian length, data, newline. */
interface BinaryField {
  name: string;
  parts: Buffer[];
  held: number;
  dataFrom: number;
}

/** `journalctl -k -o export` (systemd's JOURNAL_EXPORT_FORMATS): fields a line each, entries apart by an empty line. */
class JournalExportReader implements FormReader {
  #fields = new Map<string, string>();
  #from = -1;
  #to = 0;
  #message = { rawFrom: 0, rawTo: 0 };
  #binary: BinaryField | null = null;

  read(line: Line): LogRecord[] {
    if (this.#binary !== null) {
      this.#readBinary(this.#binary, line);
      return [];
    }
    if (line.bytes.length === 0) return this.end();
    if (this.#from < 0) this.#from = line.rawFrom;
    this.#to = line.rawTo;
    const equals = line.bytes.indexOf(0x3d);
    if (equals < 0) this.#binary = { name: line.text, parts: [], held: 0, dataFrom: line.rawTo + lengthBytes };
    else {
      const name = line.text.slice(0, equals);
      this.#set(name, line.bytes.subarray(equals + 1), line.rawFrom + equals + 1);
    }
    return [];
  }

  end(): LogRecord[] {
    this.#binary = null;
    if (this.#from < 0) return [];
    const record = journalRecord(this.#fields, { rawFrom: this.#from, rawTo: this.#to }, this.#message);
    this.#fields = new Map();
    this.#from = -1;
    this.#message = { rawFrom: this.#to, rawTo: this.#to };
    return [record];
  }

  #readBinary(field: BinaryField, line: Line): void {
    this.#to = line.rawTo;
    // The newline was taken off as a line's end; inside the field it is data.
    const terminated = line.rawTo - line.rawFrom > line.bytes.length;
    field.parts.push(terminated ? Buffer.concat([line.bytes, Buffer.from('\n')]) : line.bytes);
    field.held += line.rawTo - line.rawFrom;
    if (field.held < lengthBytes) return;
    const bytes = Buffer.concat(field.parts);
    const length = Number(bytes.readBigUInt64LE(0));
    if (length > longestPieceBytes)
      this.#binary = null; // damaged length: go on at the next line
    else if (bytes.length >= lengthBytes + length + 1) {
      this.#set(field.name, bytes.subarray(lengthBytes, lengthBytes + length), field.dataFrom);
      this.#binary = null;
    } else field.parts = [bytes];
  }

  #set(name: string, value: Buffer, from: number): void {
    if (!this.#fields.has(name)) this.#fields.set(name, value.toString('utf8'));
    if (name === 'MESSAGE') this.#message = { rawFrom: from, rawTo: from + value.length };
  }
}

export const journalExportForm: Form = {
  name: 'journal-export',
  recognises: (line) => /^__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP)=/.test(line),
  createReader: () => new JournalExportReader(),
};
