// node contender.js (ours|readline) FILE: reads a log, prints one JSON line with what it found and what it cost.
import { createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createLogReader } from '#dmesg';
import type { Cost } from './cost.js';
import { nonce } from './make-log.js';

const chunkBytes = 262_144;

type Found = Pick<Cost, 'samples' | 'u2kSum' | 'rssEarlyMiB'>;
const rssMiB = (): number => Math.round(process.memoryUsage().rss / 1_048_576);

function ours(path: string): Found {
  const reader = createLogReader({ nonce, probe: 'pf' });
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const found = { samples: 0, u2kSum: 0, rssEarlyMiB: 0 };
  const take = (items: ReturnType<typeof reader.push>): void => {
    for (const item of items) {
      if (item.kind !== 'samples') continue;
      found.samples += item.seq.length;
      for (const cycles of item.columns.u2k ?? []) found.u2kSum += cycles;
    }
  };
  for (let chunks = 0; ; chunks++) {
    const bytes = readSync(file, buffer);
    if (bytes === 0) break;
    take(reader.push(buffer.subarray(0, bytes)));
    if (chunks === 400) found.rssEarlyMiB = rssMiB();
  }
  take(reader.end());
  return found;
}

const single =
  /xperf: magic=0x19940619 v=1 run=([0-9a-f]{8}) pid=(\d+) cpu=(\d+) seq=(\d+) u2k=(\d+) k2u=(-?\d+) irq=([01]) ck=([0-9a-f]{8})/;
const batch =
  /xperf: magic=0x19940619 v=1 run=([0-9a-f]{8}) pid=(\d+) cpu=(\d+) seq=(\d+) n=(\d+) d=([0-9/,!-]+) ck=([0-9a-f]{8})/;

function checksumFits(line: string, from: number, check: string): boolean {
  const to = line.indexOf(' ck=', from);
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0') === check;
}

/** What one would write first: readline, an expression a line, split for the batches. */
async function plain(path: string): Promise<Found> {
  const found = { samples: 0, u2kSum: 0, rssEarlyMiB: 0 };
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const one = single.exec(line);
    if (one !== null) {
      if (one[1] !== nonce || !checksumFits(line, one.index, one[8]!)) continue;
      found.samples++;
      found.u2kSum += Number(one[5]);
      continue;
    }
    const many = batch.exec(line);
    if (many === null || many[1] !== nonce || !checksumFits(line, many.index, many[7]!)) continue;
    for (const pair of many[6]!.split(',')) {
      found.samples++;
      found.u2kSum += Number(pair.split('/')[0]);
    }
  }
  return { ...found, rssEarlyMiB: rssMiB() };
}

const [who, path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: contender.js (ours|readline) FILE');
const cpu = process.cpuUsage();
const started = process.hrtime.bigint();
const found = who === 'ours' ? ours(path) : await plain(path);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const { user, system } = process.cpuUsage(cpu);
const cost: Cost = { ...found, seconds, cpuSeconds: (user + system) / 1e6, rssLateMiB: rssMiB() };
process.stdout.write(`${JSON.stringify(cost)}\n`);
