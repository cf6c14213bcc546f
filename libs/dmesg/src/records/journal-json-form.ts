import type { Form, FormReader } from './form.js';
import { journalRecord } from './journal-fields.js';
import type { Line } from './line-splitter.js';
import { plainRecord, type LogRecord } from './log-record.js';

/** A field's value as text: the journal writes what is no UTF-8 as a list of bytes, and repeated fields as a list. */
function fieldText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const items: readonly unknown[] = value;
  if (items.every((item): item is number => typeof item === 'number')) return Buffer.from(items).toString('utf8');
  const [first] = items;
  return typeof first === 'string' ? first : null;
}

function parseObject(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // a cut line: kept as text, so that nothing is lost
    throw error;
  }
}

/** `journalctl -k -o json`: one object a line. */
class JournalJsonReader implements FormReader {
  read(line: Line): LogRecord[] {
    const object = parseObject(line.bytes.toString('utf8'));
    if (object === null)
      return [plainRecord(line.bytes.toString('utf8'), line, line.rawFrom, line.rawFrom + line.bytes.length)];
    const fields = new Map<string, string>();
    for (const [name, value] of Object.entries(object)) {
      const text = fieldText(value);
      if (text !== null) fields.set(name, text);
    }
    return [journalRecord(fields, line, this.#messageRange(line))];
  }

  end(): LogRecord[] {
    return [];
  }

  /** Where the value of MESSAGE stands, without its quotes; the whole line when that is not known. */
  #messageRange(line: Line): { rawFrom: number; rawTo: number } {
    const found = /"MESSAGE"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(line.text);
    if (found === null) return { rawFrom: line.rawFrom, rawTo: line.rawFrom + line.bytes.length };
    const rawTo = line.rawFrom + found.index + found[0].length - 1;
    return { rawFrom: rawTo - (found[1] ?? '').length, rawTo };
  }
}

export const journalJsonForm: Form = {
  name: 'journal-json',
  recognises: (line) => line.startsWith('{') && /"(?:__CURSOR|__REALTIME_TIMESTAMP|MESSAGE)"\s*:/.test(line),
  createReader: () => new JournalJsonReader(),
};
