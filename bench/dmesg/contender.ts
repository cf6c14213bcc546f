// node contender.js (ours|search|readline) FILE: reads a log, prints one JSON line with what it found and what it cost. `search` looks
// for marked lines with Buffer.indexOf and does nothing with them: the floor under whatever finds them that way.
import { createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createLogReader, type SamplesItem } from '#dmesg';
import type { Cost } from './cost.js';
import { magic, nonce } from './make-log.js';

const chunkBytes = 131_072;

type Found = Omit<Cost, 'seconds' | 'cpuSeconds' | 'rssLateMiB'>;
const rssMiB = (): number => Math.round(process.memoryUsage().rss / 1_048_576);

/** Takes every sample's four values into account, so that nobody gets away without having read them. */
class Sums {
  samples = 0;
  /** Of seq, u2k, k2u and the interrupted marks. */
  readonly #sums = new Float64Array(4);

  add(seq: number, u2k: number, k2u: number, interrupted: number): void {
    this.samples++;
    this.#sums[0]! += seq;
    this.#sums[1]! += u2k;
    this.#sums[2]! += k2u;
    this.#sums[3]! += interrupted;
  }

  addColumns({ seq, columns: { u2k, k2u }, interrupted }: SamplesItem): void {
    if (u2k === undefined || k2u === undefined) throw new Error('samples without u2k and k2u');
    for (const [of, column] of [seq, u2k, k2u, interrupted].entries()) this.#sums[of]! += sumOf(column);
    this.samples += seq.length;
  }

  found(rssEarlyMiB: number): Found {
    const [seqSum = 0, u2kSum = 0, k2uSum = 0, interrupted = 0] = this.#sums;
    return { samples: this.samples, seqSum, u2kSum, k2uSum, interrupted, rssEarlyMiB };
  }
}

/** Four sums side by side: one addition waits for the one before. */
function sumOf(column: Int32Array | Uint8Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let index = 0;
  for (; index + 3 < column.length; index += 4) {
    a += column[index]!;
    b += column[index + 1]!;
    c += column[index + 2]!;
    d += column[index + 3]!;
  }
  for (; index < column.length; index++) a += column[index]!;
  return a + b + c + d;
}

function ours(path: string): Found {
  const reader = createLogReader({ nonce, probe: 'pf' });
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const sums = new Sums();
  const take = (items: ReturnType<typeof reader.push>): void => {
    for (const item of items) if (item.kind === 'samples') sums.addColumns(item);
  };
  let rssEarlyMiB = 0;
  for (let chunks = 0; ; chunks++) {
    const bytes = readSync(file, buffer);
    if (bytes === 0) break;
    take(reader.push(buffer.subarray(0, bytes)));
    if (chunks === 400) rssEarlyMiB = rssMiB();
  }
  take(reader.end());
  return sums.found(rssEarlyMiB);
}

/** Marked lines, counted as samples. */
function search(path: string): Found {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const needle = Buffer.from(`${magic} v=`);
  let lines = 0;
  for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer)) {
    const chunk = buffer.subarray(0, bytes);
    for (let at = chunk.indexOf(needle); at >= 0; at = chunk.indexOf(needle, at + needle.length)) lines++;
  }
  return { samples: lines, seqSum: 0, u2kSum: 0, k2uSum: 0, interrupted: 0, rssEarlyMiB: rssMiB() };
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
  const sums = new Sums();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const one = single.exec(line);
    if (one !== null) {
      const [, run, , , seq, u2k, k2u, irq, check = ''] = one;
      if (run === nonce && checksumFits(line, one.index, check))
        sums.add(Number(seq), Number(u2k), Number(k2u), Number(irq));
      continue;
    }
    const many = batch.exec(line);
    if (many === null) continue;
    const [, run, , , seq, , pairs = '', check = ''] = many;
    if (run !== nonce || !checksumFits(line, many.index, check)) continue;
    for (const [index, pair] of pairs.split(',').entries()) {
      const interrupted = pair.endsWith('!');
      const [u2k, k2u] = (interrupted ? pair.slice(0, -1) : pair).split('/');
      sums.add(Number(seq) + index, Number(u2k), Number(k2u), interrupted ? 1 : 0);
    }
  }
  return sums.found(rssMiB());
}

const [who, path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: contender.js (ours|search|readline) FILE');
const cpu = process.cpuUsage();
const started = process.hrtime.bigint();
const found = who === 'ours' ? ours(path) : who === 'search' ? search(path) : await plain(path);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const { user, system } = process.cpuUsage(cpu);
const cost: Cost = { ...found, seconds, cpuSeconds: (user + system) / 1e6, rssLateMiB: rssMiB() };
process.stdout.write(`${JSON.stringify(cost)}\n`);
