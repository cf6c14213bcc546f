import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Probe } from '#contracts';
import { createLogReader, createRecordReader, readOriginReports, type LogItem } from '../index.js';

// Each file holds an input and what is read from it. UPDATE_CORPUS=1 rewrites the expectation; read the diff.
const folder = join(import.meta.dirname, '../../corpus');
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const update = process.env['UPDATE_CORPUS'] === '1';
const inputMark = '--- input\n';
const expectedMark = '--- expected\n';

interface CorpusCase {
  head: string;
  nonce: string;
  probe: Probe;
  input: Buffer;
  expected: string;
}

function readCase(name: string): CorpusCase {
  const text = readFileSync(join(folder, name), 'latin1');
  const inputAt = text.indexOf(inputMark);
  const expectedAt = text.lastIndexOf(expectedMark);
  const head = text.slice(0, inputAt);
  const body = text.slice(inputAt + inputMark.length, expectedAt);
  const input = Buffer.from(head.includes('final-newline: no\n') ? body.slice(0, -1) : body, 'latin1');
  const nonce = /^nonce: ([0-9a-f]{8})$/m.exec(head)?.[1] ?? '00000000';
  const probe = (/^probe: (pf|pf_rt|syscall_rt)$/m.exec(head)?.[1] ?? 'pf') as Probe;
  const expected = Buffer.from(text.slice(expectedAt + expectedMark.length), 'latin1').toString('utf8');
  return { head, nonce, probe, input, expected };
}

function plain(item: LogItem): unknown {
  if (item.kind !== 'samples') return item;
  const columns = Object.entries(item.columns).map(([metric, values]) => [metric, [...values]]);
  return {
    ...item,
    seq: [...item.seq],
    columns: Object.fromEntries(columns) as unknown,
    interrupted: [...item.interrupted],
  };
}

function readAll({ nonce, probe, input }: CorpusCase): unknown {
  const reader = createRecordReader();
  const records = [...reader.push(input), ...reader.end()];
  const measurements = createLogReader({ nonce, probe });
  const items = [...measurements.push(input), ...measurements.end()];
  const reports = readOriginReports(input.toString('latin1'));
  return {
    form: reader.form,
    records,
    items: items.map(plain),
    accounting: measurements.accounting(),
    ...(reports.length > 0 ? { reports } : {}),
  };
}

describe('the corpus', () => {
  it('has the forms that people have', () => {
    expect(files.length).toBeGreaterThanOrEqual(30);
  });

  it.each(files)('%s', (name) => {
    const each = readCase(name);
    const found = readAll(each);
    if (update) {
      const input = each.head.includes('final-newline: no\n')
        ? Buffer.concat([each.input, Buffer.from('\n')])
        : each.input;
      const expected = `${JSON.stringify(found, null, 1)}\n`;
      const parts = [Buffer.from(each.head + inputMark), input, Buffer.from(expectedMark + expected)];
      writeFileSync(join(folder, name), Buffer.concat(parts));
    } else expect(found).toEqual(JSON.parse(each.expected));
  });

  it.each(files)('%s: message ranges cut out the message', (name) => {
    const { input } = readCase(name);
    const reader = createRecordReader();
    for (const { message, messageFrom, messageTo, rawFrom, rawTo } of [...reader.push(input), ...reader.end()]) {
      expect(rawFrom <= messageFrom && messageFrom <= messageTo && messageTo <= rawTo).toBe(true);
      const source = input.toString('utf8', messageFrom, messageTo);
      // Escapes and continuation lines are decoded in the message; a contract line has none and stands verbatim.
      if (message.startsWith('xperf: ') && !source.includes('\n') && !source.includes('\u001b'))
        expect(source.trimEnd()).toBe(message);
    }
  });
});
