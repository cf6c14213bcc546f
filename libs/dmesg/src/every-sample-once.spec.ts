import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Probe } from '#contracts';
import { createLogReader, formatContractLine } from './index.js';

// Sequence numbers are the oracle: sums of samples also hold where some are read twice and as many are missing.
const nonce = '0badf00d';
const line = (fields: string): string => formatContractLine(nonce, fields);

/** A value that tells which sample it belongs to. */
const u2kOf = (seq: number): number => 300 + ((seq * 7_919) % 1_000_003);
const k2uOf = (seq: number): number => (seq % 11 === 0 ? -1 : 200 + ((seq * 104_729) % 999_983));
const interruptedOf = (seq: number): number => (seq % 13 === 0 ? 1 : 0);

interface SampleLine {
  length: number;
  /** Written with `n=` though it has one sample only. */
  batched: boolean;
  pid: number;
}

function fieldsOf(probe: Probe, from: number, { length, batched, pid }: SampleLine): string {
  const head = `pid=${pid} cpu=3 seq=${from}`;
  const seqs = Array.from({ length }, (_, index) => from + index);
  if (length > 1 || batched) {
    const mark = (seq: number): string => (interruptedOf(seq) === 1 ? '!' : '');
    return probe === 'pf'
      ? `${head} n=${length} d=${seqs.map((seq) => `${u2kOf(seq)}/${k2uOf(seq)}${mark(seq)}`).join()}`
      : `${head} n=${length} ${probe}=${seqs.map((seq) => `${u2kOf(seq)}${mark(seq)}`).join()}`;
  }
  const values = probe === 'pf' ? `u2k=${u2kOf(from)} k2u=${k2uOf(from)}` : `${probe}=${u2kOf(from)}`;
  return `${head} ${values} irq=${interruptedOf(from)}`;
}

/** The log of a run all of whose faults gave a sample, `lines` after another again and again until `faults` are in. */
function logOf(probe: Probe, faults: number, lines: readonly SampleLine[], foreignEvery: number): Buffer {
  const text = [line(`begin probe=${probe} faults=${faults} warmup=0 pid=7 cpu=3 batch=64 overhead=20`)];
  for (let seq = 0, number = 0; seq < faults; number++) {
    const next = lines[number % lines.length]!;
    const length = Math.min(next.length, faults - seq);
    text.push(line(fieldsOf(probe, seq, { ...next, length })));
    if (foreignEvery > 0 && number % foreignEvery === 0) text.push('usb 1-1: new high-speed USB device');
    seq += length;
  }
  text.push(line(`end faults=${faults} samples=${faults} rejected=0`));
  return Buffer.from(text.map((one, index) => `6,${100 + index},${5_000 + index},-;${one}\n`).join(''));
}

/** Every sample as the reader hands it on, in its order, as text. */
function samplesOf(probe: Probe, log: Buffer, chunkBytes: readonly number[]) {
  const reader = createLogReader({ nonce, probe });
  const samples: string[] = [];
  const take = (items: ReturnType<typeof reader.push>): void => {
    for (const item of items) {
      if (item.kind !== 'samples') continue;
      const [first, second] = probe === 'pf' ? [item.columns.u2k, item.columns.k2u] : [item.columns[probe], undefined];
      for (let at = 0; at < item.seq.length; at++)
        samples.push(`${item.seq[at]}:${first?.[at]}:${second?.[at] ?? ''}:${item.interrupted[at]}`);
    }
  };
  for (let at = 0, number = 0; at < log.length; number++) {
    const to = at + chunkBytes[number % chunkBytes.length]!;
    take(reader.push(log.subarray(at, to)));
    at = to;
  }
  take(reader.end());
  return { samples, accounting: reader.accounting() };
}

function expected(probe: Probe, faults: number): string[] {
  const second = (seq: number): string => (probe === 'pf' ? `${k2uOf(seq)}` : '');
  return Array.from({ length: faults }, (_, seq) => `${seq}:${u2kOf(seq)}:${second(seq)}:${interruptedOf(seq)}`);
}

function expectEverySampleOnce(probe: Probe, faults: number, lines: readonly SampleLine[], chunkBytes = [65_536]) {
  const { samples, accounting } = samplesOf(probe, logOf(probe, faults, lines, 40), chunkBytes);
  // Joined: comparing thousands of entries takes Jest seconds, and a difference still shows.
  expect(samples.join('\n')).toBe(expected(probe, faults).join('\n'));
  expect(accounting).toMatchObject({ announced: faults, samples: faults, lost: 0, rejected: 0, repeatedLines: 0 });
}

describe('every sample of a log is handed on once, in order, with its own values', () => {
  it('where a line of 63 is followed by lines of 64', () => {
    const full = Array.from({ length: 200 }, () => ({ length: 64, batched: true, pid: 7 }));
    expectEverySampleOnce('pf', 8_000, [{ length: 63, batched: true, pid: 7 }, ...full]);
  });

  it('where every line has the same length, for each length', () => {
    for (let length = 1; length <= 64; length++)
      expectEverySampleOnce('pf_rt', 4_400, [{ length, batched: true, pid: 7 }]);
  });

  it('whatever the pattern of line lengths and wherever the chunks end', () => {
    const lengths = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(1, 63, 64));
    // Another process now and then: an item holds one process's samples.
    const pid = fc.oneof({ weight: 60, arbitrary: fc.constant(7) }, { weight: 1, arbitrary: fc.constant(8) });
    const lines = fc.array(fc.record({ length: lengths, batched: fc.boolean(), pid }), { minLength: 1, maxLength: 90 });
    const chunks = fc.array(fc.integer({ min: 40, max: 60_000 }), { minLength: 1, maxLength: 8 });
    const probe = fc.constantFrom<Probe>('pf', 'pf_rt', 'syscall_rt');
    fc.assert(
      fc.property(probe, fc.integer({ min: 1, max: 10_000 }), lines, chunks, (of, faults, pattern, chunkBytes) => {
        expectEverySampleOnce(of, faults, pattern, chunkBytes);
      }),
      { numRuns: 40 },
    );
  });
});
