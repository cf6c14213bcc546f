// The database that write-version-1.ts made, put back as it was, and what its kernel logs say by a reading of our own.
import { readFile } from 'node:fs/promises';
import { gunzipSync, inflateSync } from 'node:zlib';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { migrate } from '#postgres';

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** The migrations that the release of parser version 1 had. */
const migrationsThen = [
  '20261122000000_event_store',
  '20261122000100_read_model',
  '20261122000200_roles',
  '20261122000300_run_guest',
];

type Row = Record<string, unknown>;
type Dump = Record<string, Row[]>;

export async function readVersion1(): Promise<Dump> {
  const packed = await readFile(new URL('version-1.json.gz', import.meta.url));
  return JSON.parse(gunzipSync(packed).toString()) as Dump;
}

async function migrateAsThen(adminUrl: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'xf-migrations-'));
  try {
    for (const name of migrationsThen) {
      await cp(path.join(migrations, name), path.join(folder, name), { recursive: true });
    }
    await migrate(adminUrl, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Empties a database, fills it as the old release left it and migrates it to this one. Transaction ids become 0, as
 * libs/event-store/README.md says of a restore into another cluster.
 */
export async function restoreVersion1(adminUrl: string, dump: Dump): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrateAsThen(adminUrl);
    for (const [table, rows] of Object.entries(dump)) {
      const restored = rows.map((row) => ('xid' in row ? { ...row, xid: '0' } : row));
      await client.query(
        `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
        [JSON.stringify(restored)],
      );
    }
    await client.query(`SELECT setval(pg_get_serial_sequence('events', 'position'), max(position)) FROM events`);
    await migrate(adminUrl, migrations);
  } finally {
    await client.end();
  }
}

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
