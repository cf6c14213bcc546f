import type { RawRange } from '../log-item.js';
import type { Form, FormReader } from './form.js';
import type { Line } from './line-splitter.js';
import { plainRecord, type LogRecord } from './log-record.js';
import { readTextHead, type TextHead } from './text-head.js';

/** Colour and cursor sequences of terminals (ECMA-48 CSI). */
const ansi = new RegExp('\u001b\\[[0-9;?]*[ -/]*[@-~]', 'g');
/** A kernel line that starts in the middle of what another program was printing. */
const kernelLineInside = /(?:<\d{1,3}>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? /;

interface Part extends RawRange {
  text: string;
}

/** Takes terminal sequences and the carriage return off, keeping where each character stood. */
function withoutTerminal(line: Line): { text: string; offsets: (index: number) => number } {
  const text = line.text.endsWith('\r') ? line.text.slice(0, -1) : line.text;
  if (!text.includes('\u001b')) return { text, offsets: (index) => line.rawFrom + index };
  const cuts: { at: number; length: number }[] = [];
  let removed = 0;
  const clean = text.replace(ansi, (sequence: string, at: number) => {
    cuts.push({ at: at - removed, length: sequence.length });
    removed += sequence.length;
    return '';
  });
  const offsets = (index: number): number =>
    line.rawFrom + index + cuts.reduce((sum, { at, length }) => (at <= index ? sum + length : sum), 0);
  return { text: clean, offsets };
}

function utf8(latin: string): string {
  return Buffer.from(latin, 'latin1').toString('utf8');
}

class TextReader implements FormReader {
  readonly #mixed: boolean;
  #record: LogRecord | null = null;

  /** @param mixed whether other programs print into the same stream, as on a serial console. */
  constructor(mixed: boolean) {
    this.#mixed = mixed;
  }

  read(line: Line): LogRecord[] {
    const { text, offsets } = withoutTerminal(line);
    const records: LogRecord[] = [];
    for (const part of this.#parts(text, line, offsets)) {
      const head = readTextHead(part.text);
      if (head === null && this.#continues(part)) continue;
      records.push(...this.end());
      this.#record = this.#open(part, head, offsets, text);
    }
    return records;
  }

  end(): LogRecord[] {
    const records = this.#record === null ? [] : [this.#record];
    this.#record = null;
    return records;
  }

  #parts(text: string, line: Line, offsets: (index: number) => number): (Part & { at: number })[] {
    const whole = { text, at: 0, rawFrom: line.rawFrom, rawTo: line.rawTo };
    const inside = this.#mixed && readTextHead(text) === null ? text.search(kernelLineInside) : -1;
    if (inside <= 0) return [whole];
    const cut = offsets(inside);
    return [
      { ...whole, text: text.slice(0, inside), rawTo: cut },
      { ...whole, text: text.slice(inside), at: inside, rawFrom: cut },
    ];
  }

  /** dmesg indents the further lines of a record; a record without a head is a line by itself. */
  #continues(part: Part): boolean {
    const record = this.#record;
    if (record === null || this.#mixed || !part.text.startsWith(' ')) return false;
    if (record.monotonicUs === null && record.wallTime === null) return false;
    record.message += `\n${utf8(part.text.trimStart())}`;
    record.rawTo = part.rawTo;
    record.messageTo = part.rawTo;
    return true;
  }

  #open(
    part: Part & { at: number },
    head: TextHead | null,
    offsets: (index: number) => number,
    text: string,
  ): LogRecord {
    const length = head?.length ?? 0;
    const end = part.at + part.text.length;
    const to = end === text.length ? offsets(end) : part.rawTo;
    const record = plainRecord(utf8(part.text.slice(length)), part, offsets(part.at + length), to);
    if (head !== null) {
      const { level, facility, monotonicUs, wallTime, caller } = head;
      Object.assign(record, { level, facility, monotonicUs, wallTime, caller });
    }
    return record;
  }
}

/** Everything that is one line a record: dmesg, kern.log, journalctl's short forms, plain netconsole, pstore, bare. */
export const textForm: Form = {
  name: 'text',
  recognises: (line) => readTextHead(line) !== null,
  createReader: () => new TextReader(false),
};

/** A serial console: CRLF, colours, and what user programs print in between. */
export const serialForm: Form = {
  name: 'serial',
  recognises: (line) => line.endsWith('\r') || line.includes('\u001b['),
  createReader: () => new TextReader(true),
};
