import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogReader, formatContractLine, type Accounting, type LogItem } from './index.js';
import { createLogReaderWith } from './log-reader.js';
import { sharedScan, slowScan } from './quick/shared-scan.js';

const nonce = 'c0ffee00';

/** The same samples in a line each. */
function singles(from: number, count: number): string[] {
  const each = Array.from({ length: count }, (_, index) => ({
    seq: from + index,
    k2u: index % 7 === 0 ? -1 : 250 + index,
  }));
  return each.map(({ seq, k2u }) =>
    formatContractLine(nonce, `pid=9 cpu=1 seq=${seq} u2k=${seq} k2u=${k2u} irq=${seq % 2}`),
  );
}

/** A log with everything in it: foreign text, losses, damage, repeats, batches, heads of several kinds. */
function troubledLog(): Buffer {
  const lines = [formatContractLine(nonce, 'begin probe=pf faults=1984 warmup=0 pid=9 cpu=1 batch=32 overhead=20')];
  for (let seq = 0; seq < 1_984; seq += 32) {
    const pairs = Array.from({ length: 32 }, (_, index) => `${400 + index}/${index % 7 === 0 ? -1 : 250}`).join(',');
    if (seq % 384 !== 96) lines.push(formatContractLine(nonce, `pid=9 cpu=1 seq=${seq} n=32 d=${pairs}`));
    else lines.push(...singles(seq, 32));
    if (seq % 320 === 0) lines.push('usb 1-1: new high-speed device', lines.at(-1)!.slice(0, 200 + seq / 10));
    if (seq % 640 === 0) lines.push(formatContractLine('deadbeef', 'end faults=1 samples=1 rejected=0'));
  }
  lines.push(formatContractLine(nonce, 'end faults=1984 samples=1984 rejected=0'));
  const records = lines.map(
    (text, index) => `6,${999_970 + index},${index * 10},-${index % 50 < 25 ? '' : ',caller=T9'};${text}\n`,
  );
  return Buffer.from(records.filter((_, index) => index % 41 !== 40).join(''));
}

function itemText(item: LogItem): string {
  if (item.kind !== 'samples') return JSON.stringify(item);
  const { cpu, pid, seq, columns, interrupted, rawFrom, rawTo } = item;
  return `samples ${cpu} ${pid} ${rawFrom}-${rawTo} ${seq.join()} ${columns.u2k?.join()} ${columns.k2u?.join()} ${interrupted.join()}`;
}

/** Everything that was read, as text: comparing it takes no time, and a difference still shows. */
function readInChunks(log: Buffer, cuts: number[], scan = sharedScan()): { text: string; accounting: Accounting } {
  const reader = createLogReaderWith(scan, { nonce, probe: 'pf' });
  const at = [0, ...[...cuts].sort((a, b) => a - b), log.length];
  const items = at.slice(1).flatMap((to, index) => reader.push(log.subarray(at[index], to)));
  const text = [...items, ...reader.end()].map(itemText).join('\n');
  return { text, accounting: reader.accounting() };
}

describe('chunk boundaries', () => {
  const log = troubledLog();
  const whole = readInChunks(log, []);

  it('the log has samples, losses and damage to be told alike', () => {
    const { announced, samples, lost, rejected, damagedLines, foreignLines } = whole.accounting;
    expect(samples + lost + rejected).toBe(announced);
    expect(Math.min(samples, lost, damagedLines, foreignLines)).toBeGreaterThan(0);
  });

  it('do not show, wherever they fall', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 60 }), (cuts) => {
        expect(readInChunks(log, cuts).text).toBe(whole.text);
      }),
      { numRuns: 100 },
    );
  });

  it('do not show where the CPU has no vectors', () => {
    const slow = slowScan();
    for (const cuts of [[], [1_000, 5_000], Array.from({ length: log.length }, (_, at) => at)])
      expect(readInChunks(log, cuts, slow).text).toBe(whole.text);
  });

  it('do not show when two logs are read by turns', () => {
    const other = Buffer.from(log.toString('latin1').replaceAll(' u2k=4', ' u2k=5'), 'latin1');
    const logs = [log, other];
    const readers = logs.map(() => createLogReader({ nonce, probe: 'pf' }));
    const items: LogItem[][] = [[], []];
    for (let at = 0; at < log.length; at += 999)
      readers.forEach((reader, index) => items[index]!.push(...reader.push(logs[index]!.subarray(at, at + 999))));
    readers.forEach((reader, index) => items[index]!.push(...reader.end()));
    expect(items.map((all) => all.map(itemText).join('\n'))).toEqual(logs.map((one) => readInChunks(one, []).text));
  });

  it('do not show when every chunk is a few bytes', () => {
    for (const step of [7, 61]) {
      const cuts = Array.from({ length: Math.floor(log.length / step) }, (_, index) => index * step);
      expect(readInChunks(log, cuts).text).toBe(whole.text);
    }
  });
});

describe('record boundaries', () => {
  const log = troubledLog();
  const samplesFrom = (offset: number): string[] => {
    const reader = createLogReader({ nonce, probe: 'pf' });
    return [...reader.push(log.subarray(offset)), ...reader.end()].flatMap((item) =>
      item.kind === 'samples' ? [...item.seq].map((seq, index) => `${seq}:${item.columns.u2k?.[index]}`) : [],
    );
  };

  it('give the rest of the samples when reading starts again at any of them', () => {
    const whole = samplesFrom(0);
    for (let at = log.indexOf(10) + 1; at > 0 && at < log.length; at = log.indexOf(10, at) + 1) {
      const rest = samplesFrom(at);
      expect(rest.join()).toBe(whole.slice(whole.length - rest.length).join());
    }
    expect(whole.length).toBeGreaterThan(1_000);
  });
});
