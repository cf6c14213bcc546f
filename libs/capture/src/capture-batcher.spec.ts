import { describe, expect, it } from '@jest/globals';
import { createLogReader, formatContractLine } from '#dmesg';
import fc from 'fast-check';
import { CaptureBatcher, type Captured, type CapturedBatch } from './capture-batcher.js';

const nonce = '00c0ffee';

/** A run's log as the stock-host probe prints it; `noise` stands before every line of samples. */
function logOf(samples: number, perLine: number, noise = ''): Buffer {
  const lines = [
    formatContractLine(nonce, `begin probe=pf_rt faults=${samples} warmup=0 pid=7 cpu=1 batch=64 overhead=20`),
  ];
  for (let seq = 0; seq < samples; seq += perLine) {
    const count = Math.min(perLine, samples - seq);
    const values = Array.from({ length: count }, (_, index) => 1_000 + ((seq + index) % 977)).join(',');
    lines.push(noise + formatContractLine(nonce, `pid=7 cpu=1 seq=${seq} n=${count} pf_rt=${values}`));
  }
  lines.push(formatContractLine(nonce, `end faults=${samples} samples=${samples} rejected=0`));
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

function capture(log: Buffer, cuts: readonly number[], samplesPerBatch: number, bytesPerBatch: number): Captured[] {
  const batcher = new CaptureBatcher(createLogReader({ nonce, probe: 'pf_rt' }), samplesPerBatch, bytesPerBatch);
  const edges = [0, ...[...cuts].map((cut) => cut % (log.length + 1)).sort((a, b) => a - b), log.length];
  const captured = edges.slice(1).flatMap((to, index) => batcher.push(log.subarray(edges[index], to)));
  return [...captured, ...batcher.end()];
}

const batchesOf = (captured: readonly Captured[]): CapturedBatch[] => captured.filter((item) => item.kind === 'batch');

describe('CaptureBatcher', () => {
  it('covers every captured byte once and every sample once, wherever the chunks and limits fall', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 64 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.integer({ min: 1, max: 130 }),
      fc.integer({ min: 40, max: 4_000 }),
      fc.constantFrom('', 'usb 1-1: new device\n', `${'x'.repeat(500)}\n`),
      (samples, perLine, cuts, samplesPerBatch, bytesPerBatch, noise) => {
        const log = logOf(samples, perLine, noise);
        const batches = batchesOf(capture(log, cuts, samplesPerBatch, bytesPerBatch));
        expect(Buffer.concat(batches.map(({ raw }) => raw)).equals(log)).toBe(true);
        expect(batches.map(({ rawFrom }) => rawFrom)).toEqual([0, ...batches.slice(0, -1).map(({ rawTo }) => rawTo)]);
        expect(batches.at(-1)?.rawTo).toBe(log.length);
        expect(batches.every(({ raw }) => raw.length <= bytesPerBatch)).toBe(true);
        expect(batches.every(({ samples: { seq } }) => seq.length <= samplesPerBatch)).toBe(true);
        const seqs = batches.flatMap(({ samples: { seq } }) => [...seq]);
        expect(seqs).toEqual(Array.from({ length: samples }, (_, seq) => seq));
        const cycles = batches.flatMap(({ samples: { columns } }) => [...(columns.pf_rt ?? [])]);
        expect(cycles).toEqual(seqs.map((seq) => 1_000 + (seq % 977)));
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  it('puts the bytes of its lines with the samples', () => {
    // The reader hands on about 4,096 samples at a time.
    const [first, second] = batchesOf(capture(logOf(9_000, 64), [], 5_000, 1 << 20));
    expect(first?.samples.seq.length).toBeLessThan(5_000);
    for (const { raw, samples } of [first, second].filter((batch) => batch !== undefined)) {
      const lines =
        Buffer.from(raw)
          .toString()
          .match(/ seq=\d+ n=\d+ /g) ?? [];
      expect(lines.at(0)).toMatch(` seq=${samples.seq[0]} `);
      expect(lines).toHaveLength(Math.ceil(samples.seq.length / 64));
    }
  });

  it('never mixes CPUs in one batch', () => {
    const line = (cpu: number, seq: number): string =>
      `${formatContractLine(nonce, `pid=7 cpu=${cpu} seq=${seq} n=1 pf_rt=5`)}\n`;
    const log = Buffer.from(line(0, 0) + line(1, 1) + line(0, 2));
    const batches = batchesOf(capture(log, [], 100, 1 << 20)).filter(({ samples }) => samples.seq.length > 0);
    expect(batches.map(({ samples }) => [samples.cpu, ...samples.seq])).toEqual([
      [0, 0],
      [1, 1],
      [0, 2],
    ]);
  });

  it('passes gaps on as the reader tells them', () => {
    const log = logOf(64, 64);
    const cut = log.subarray(0, log.lastIndexOf('xperf:'));
    const gaps = capture(cut, [], 1_000, 1 << 20).filter((item) => item.kind === 'gap');
    expect(gaps).toMatchObject([{ reason: 'end-missing', lostSamples: 0 }]);
  });

  it('keeps the bytes of a log without any line of ours', () => {
    const log = Buffer.from('nothing of ours\n'.repeat(100));
    const batches = batchesOf(capture(log, [500], 1_000, 256));
    expect(Buffer.concat(batches.map(({ raw }) => raw)).equals(log)).toBe(true);
    expect(batches.every(({ samples }) => samples.seq.length === 0)).toBe(true);
  });
});
