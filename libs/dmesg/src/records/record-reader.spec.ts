import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRecordReader, formatContractLine, type LogRecord, type RecordForm } from '../index.js';

const message = (index: number): string => formatContractLine('0badf00d', `pid=1 cpu=0 seq=${index} u2k=1 k2u=1 irq=0`);
const indices = Array.from({ length: 60 }, (_, index) => index);
const join = (lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** One log a form, each with something that reaches over a line. */
const logs: Record<string, { form: RecordForm; log: Buffer }> = {
  kmsg: {
    form: 'kmsg',
    log: join(
      indices.flatMap((at) => [
        `6,${at},${at * 7},-,caller=T${at};${message(at)} \\xc3\\xbc`,
        ...(at % 9 === 0 ? [' SUBSYSTEM=usb', ' DEVICE=c1'] : []),
      ]),
    ),
  },
  text: {
    form: 'dmesg',
    log: join(
      indices.flatMap((at) => [`[    1.0000${10 + at}] ${message(at)}`, ...(at % 9 === 0 ? ['    second line'] : [])]),
    ),
  },
  serial: {
    form: 'serial',
    log: join(indices.map((at) => `${at % 7 === 0 ? 'login: ' : ''}[    1.0000${10 + at}] \u001b[1m${message(at)}\r`)),
  },
  'dmesg-json': {
    form: 'dmesg-json',
    log: join([
      '{',
      '   "dmesg": [',
      '      {',
      ...indices.flatMap((at) => [
        '         "pri": 6,',
        `         "time":     0.0000${10 + at},`,
        `         "msg": "${message(at)}"`,
        at === 59 ? '      }' : '      },{',
      ]),
      '   ]',
      '}',
    ]),
  },
  'journal-json': {
    form: 'journal-json',
    log: join(
      indices.map((at) => JSON.stringify({ __REALTIME_TIMESTAMP: `${at}`, PRIORITY: '6', MESSAGE: message(at) })),
    ),
  },
  'journal-export': {
    form: 'journal-export',
    log: Buffer.concat(
      indices.map((at) => {
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(10n);
        return Buffer.concat([
          Buffer.from(`__REALTIME_TIMESTAMP=${at}\nMESSAGE=${message(at)}\n_KERNEL_DEVICE\n`),
          length,
          Buffer.from('a\nb\nc\nd\ne\n\n\n'),
        ]);
      }),
    ),
  },
};

function readInChunks(log: Buffer, cuts: number[], form: RecordForm | 'auto' = 'auto'): LogRecord[] {
  const reader = createRecordReader({ form });
  const at = [0, ...[...cuts].sort((a, b) => a - b), log.length];
  return [...at.slice(1).flatMap((to, index) => reader.push(log.subarray(at[index], to))), ...reader.end()];
}

describe.each(Object.entries(logs))('a log of form %s', (name, { form, log }) => {
  const whole = readInChunks(log, []);

  it('is recognised and read whole', () => {
    const reader = createRecordReader();
    reader.push(log);
    reader.end();
    expect(reader.form).toBe(name);
    expect(whole.filter((record) => record.message.startsWith('xperf: '))).toHaveLength(60);
  });

  it('gives the same records however it is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 40 }), (cuts) => {
        expect(JSON.stringify(readInChunks(log, cuts))).toBe(JSON.stringify(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same records when reading starts again at any record', () => {
    for (const [index, { rawFrom }] of whole.entries()) {
      const rest = readInChunks(log.subarray(rawFrom), [], form);
      const moved = rest.map((record) => ({
        ...record,
        rawFrom: record.rawFrom + rawFrom,
        rawTo: record.rawTo + rawFrom,
        messageFrom: record.messageFrom + rawFrom,
        messageTo: record.messageTo + rawFrom,
      }));
      expect(JSON.stringify(moved)).toBe(JSON.stringify(whole.slice(index)));
    }
  });

  it('has records that follow one another without overlap', () => {
    for (const [index, record] of whole.entries())
      expect(record.rawFrom).toBeGreaterThanOrEqual(whole[index - 1]?.rawTo ?? 0);
  });
});

describe('createRecordReader', () => {
  it('refuses a form that it does not know', () => {
    expect(() => createRecordReader({ form: 'teletext' as RecordForm })).toThrow(
      /form: "teletext" is not known; choose/,
    );
  });

  it('cuts a line without end into pieces instead of holding it', () => {
    const reader = createRecordReader({ form: 'bare' });
    const chunk = Buffer.alloc(100_000, 0x61);
    const records = Array.from({ length: 50 }, () => reader.push(chunk)).flat();
    const all = [...records, ...reader.end()];
    expect(records.length).toBeGreaterThanOrEqual(3);
    expect(all.reduce((sum, { message: text }) => sum + text.length, 0)).toBe(5_000_000);
  });
});
