import { createLogReader, type SamplesItem } from '#dmesg';
import { describe, expect, it } from '@jest/globals';
import { LOG_FAULTS, type LogFault, simulateRun } from '../index.js';

const options = { machine: 'zen3', probe: 'pf', faults: 1_000, warmup: 10, nonce: 'a1b2c3d4', batch: 16 } as const;
const seeds = Array.from({ length: 16 }, (_, seed) => seed);

function run(damage: readonly LogFault[], seed: number) {
  const text = [...simulateRun({ ...options, seed, damage })].join('');
  const reader = createLogReader({ nonce: options.nonce, probe: 'pf' });
  const items = [...reader.push(Buffer.from(text, 'latin1')), ...reader.end()];
  const samples = new Map<number, string>();
  for (const item of items.filter((each): each is SamplesItem => each.kind === 'samples'))
    item.seq.forEach((seq, i) => {
      expect(samples.has(seq)).toBe(false);
      samples.set(seq, `${item.columns.u2k?.[i]}/${item.columns.k2u?.[i]}`);
    });
  const gaps = items.filter((item) => item.kind === 'gap');
  return { text, samples, gaps, account: reader.accounting() };
}
const heads = (text: string): number[][] =>
  [...text.matchAll(/^6,(\d+),(\d+),/gm)].map(([, seq, at]) => [Number(seq), Number(at)]);
const backward = (values: readonly number[]): number =>
  values.filter((value, i) => value < (values[i - 1] ?? 0)).length;

describe.each(LOG_FAULTS)('a log with %s', (fault) => {
  it('is accounted for to the last fault, and gives no sample that was not taken', () => {
    for (const seed of seeds) {
      const whole = run([], seed);
      const { samples, account, text } = run([fault], seed);
      expect({ seed, same: text === whole.text }).toEqual({ seed, same: false });
      expect({ seed, announced: account.announced, sum: account.samples + account.lost + account.rejected }).toEqual({
        seed,
        announced: options.faults,
        sum: options.faults,
      });
      expect(samples.size).toBe(account.samples);
      expect([...samples].filter(([seq, value]) => whole.samples.get(seq) !== value)).toEqual([]);
    }
  });

  it('is the same for the same seed', () => {
    expect(run([fault], 3).text).toBe(run([fault], 3).text);
    expect(run([fault], 3).text).not.toBe(run([fault], 4).text);
  });
});

describe('damage', () => {
  it('by ring overflow shows in the records’ numbers: as many are missing as the gaps say', () => {
    for (const seed of seeds) {
      const { gaps, account, text } = run(['ring-overflow'], seed);
      const seqs = heads(text).map(([seq]) => seq ?? 0);
      const missing = (seqs.at(-1) ?? 0) - (seqs[0] ?? 0) + 1 - seqs.length;
      expect(gaps.reduce((sum, gap) => sum + (gap.lostRecords ?? 0), 0)).toBe(missing);
      expect(account.lost).toBeGreaterThan(0);
    }
  });

  it('by interleaving puts others’ words between ours and into them', () => {
    const accounts = seeds.map((seed) => run(['interleaving'], seed));
    for (const { text, account } of accounts) {
      const seqs = heads(text).map(([seq]) => seq ?? 0);
      expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i)); // no number is missing
      if (account.damagedLines > 0 && account.ended) expect(account.lost).toBeGreaterThan(0);
    }
    expect(accounts.some(({ account }) => account.damagedLines > 0)).toBe(true);
    expect(accounts.some(({ text }) => /^6,\d+,\d+,-;(usb|eth0|disk)/m.test(text))).toBe(true);
  });

  it('by cutting lines is damage, and loses at most what stood on them', () => {
    for (const seed of seeds) {
      const { account, gaps } = run(['cut-lines'], seed);
      expect(gaps.length).toBeGreaterThan(0);
      expect(account.lost).toBeGreaterThan(0);
      expect(account.lost).toBeLessThan(options.faults);
    }
  });

  it('by a reboot begins numbers and times again, and the run has no end', () => {
    for (const seed of seeds) {
      const { account, text, gaps } = run(['reboot'], seed);
      const all = [...text.matchAll(/^\d,(\d+),(\d+),/gm)];
      expect(backward(all.map(([, seq]) => Number(seq)))).toBe(1);
      expect(backward(all.map(([, , at]) => Number(at)))).toBe(1);
      expect(account).toMatchObject({ ended: false, rejected: 0 });
      expect(gaps.map(({ detail }) => detail).join()).toMatch(/reboot/);
    }
  });

  it('by clock steps loses nothing', () => {
    let back = 0;
    for (const seed of seeds) {
      const { account, text } = run(['clock-steps'], seed);
      back += backward(heads(text).map(([, at]) => at ?? 0));
      expect(account).toMatchObject({ lost: 0, damagedLines: 0, ended: true });
    }
    expect(back).toBeGreaterThan(seeds.length / 4);
  });

  it('adds up when everything comes together', () => {
    for (const seed of seeds) {
      const { account } = run(LOG_FAULTS, seed);
      expect(account.samples + account.lost + account.rejected).toBe(account.announced);
    }
  });
});
