import { fnv1a } from '../fnv1a.js';

const good =
  /xperf: magic=0x19940619 v=1 run=0badf00d pid=\d+ cpu=\d+ seq=(\d+) (?:u2k=(\d+) k2u=(-?\d+) irq=([01])|n=(\d+) d=([0-9/,!-]+)) ck=([0-9a-f]{8})/g;

/** As printf writes the numbers of a line with one sample, or of a batch: `007`, `1/`, `-2` are none of its. */
const single = /^(0|[1-9]\d*):(0|[1-9]\d*|-1)$/;
const batch = /^(0|[1-9]\d*)\/(0|[1-9]\d*|-1)!?$/;

/**
 * All samples that stand in a log under a right checksum, as `seq:u2k:k2u:interrupted`. Written another way than the
 * reader (expressions and strings, slow), so that the two can be held against each other.
 */
export function samplesUnderChecksum(log: Buffer): Set<string> {
  const samples = new Set<string>();
  for (const found of log.toString('latin1').matchAll(good)) {
    const [line, seq = '', u2k, k2u, irq, count, list, check] = found;
    const text = Buffer.from(line.slice(0, line.lastIndexOf(' ck=')), 'latin1');
    if (fnv1a(text).toString(16).padStart(8, '0') !== check) continue;
    const pairs = list?.split(',') ?? [];
    if (list === undefined) {
      if (single.test(`${u2k}:${k2u}`)) samples.add(`${seq}:${u2k}:${k2u}:${irq}`);
    } else if (String(pairs.length) === count && pairs.every((pair) => batch.test(pair)))
      pairs.forEach((pair, index) => {
        const [first = '', second = ''] = pair.replace('!', '').split('/');
        samples.add(`${Number(seq) + index}:${first}:${second}:${pair.endsWith('!') ? 1 : 0}`);
      });
  }
  return samples;
}
