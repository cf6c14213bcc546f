// What the kernel logs of the database that write-version-1.ts made say, by a reading of our own.
import { inflateSync } from 'node:zlib';
import type { Dump } from './restore.js';

/** The migrations that the release of parser version 1 had. */
export const migrationsOfVersion1 = [
  '20261122000000_event_store',
  '20261122000100_read_model',
  '20261122000200_roles',
  '20261122000300_run_guest',
];

/** One crossing as its line in the kernel log says it. */
export interface Crossing {
  u2k: number;
  /** Null where there was no valid exit stamp. */
  k2u: number | null;
  interrupted: boolean;
}

/** The crossings of one run by their sequence numbers: a dozen lines that share nothing with libs/dmesg. */
export function crossingsOf(log: string): Map<number, Crossing> {
  const crossings = new Map<number, Crossing>();
  for (const [, first, count, list = ''] of log.matchAll(/ seq=(\d+) n=(\d+) d=(\S+) ck=[0-9a-f]{8}\n/g)) {
    const pairs = list.split(',');
    if (pairs.length !== Number(count)) throw new Error(`n=${count}, but ${pairs.length} pairs`);
    pairs.forEach((pair, index) => {
      const [, u2k, k2u, irq] = /^(\d+)\/(-1|\d+)(!?)$/.exec(pair) ?? [];
      if (u2k === undefined) throw new Error(`what is ${pair}?`);
      crossings.set(Number(first) + index, {
        u2k: Number(u2k),
        k2u: k2u === '-1' ? null : Number(k2u),
        interrupted: irq === '!',
      });
    });
  }
  return crossings;
}

/** Each run's kernel log, by its id. */
export function logsOf({ sample_batches: batches = [] }: Dump): Map<string, string> {
  const logs = new Map<string, string>();
  const ordered = [...batches].sort((a, b) => Number(a['batch']) - Number(b['batch']));
  for (const { run_id: runId, raw } of ordered) {
    const text = inflateSync(Buffer.from(String(raw).slice(2), 'hex')).toString('latin1');
    logs.set(String(runId), (logs.get(String(runId)) ?? '') + text);
  }
  return logs;
}

/** Type-7 quantile, straight from its definition. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? NaN;
  const above = sorted[Math.ceil(rank)] ?? NaN;
  return below + (rank - Math.floor(rank)) * (above - below);
}
