import { fnv1a } from '../fnv1a.js';

const good =
  /xperf: magic=0x19940619 v=1 run=0badf00d pid=\d+ cpu=\d+ seq=(\d+) (?:u2k=(\d+) k2u=(-?\d+) irq=([01])|n=\d+ d=([0-9/,!-]+)) ck=([0-9a-f]{8})/g;

/**
 * All samples that stand in a log under a right checksum, as `seq:u2k:k2u:interrupted`. Written another way than the
 * reader (expressions and strings, slow), so that the two can be held against each other.
 */
export function samplesUnderChecksum(log: Buffer): Set<string> {
  const samples = new Set<string>();
  for (const found of log.toString('latin1').matchAll(good)) {
    const [line, seq = '', u2k, k2u, irq, pairs, check] = found;
    const text = Buffer.from(line.slice(0, line.lastIndexOf(' ck=')), 'latin1');
    if (fnv1a(text).toString(16).padStart(8, '0') !== check) continue;
    if (pairs === undefined) samples.add(`${seq}:${u2k}:${k2u}:${irq}`);
    else
      pairs.split(',').forEach((pair, index) => {
        const [first = '', second = ''] = pair.replace('!', '').split('/');
        samples.add(`${Number(seq) + index}:${first}:${second}:${pair.endsWith('!') ? 1 : 0}`);
      });
  }
  return samples;
}
