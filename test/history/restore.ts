// A database that a write-version-*.ts made, put back as it was.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { migrate } from '#postgres';

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

type Row = Record<string, unknown>;
export type Dump = Record<string, Row[]>;

/** @param name as in `<name>.json.gz`. */
export async function readDump(name: string): Promise<Dump> {
  const packed = await readFile(new URL(`${name}.json.gz`, import.meta.url));
  return JSON.parse(gunzipSync(packed).toString()) as Dump;
}

async function migrateAsThen(adminUrl: string, migrationsThen: readonly string[]): Promise<void> {
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
 * docs/operations.md says of a restore into another cluster.
 */
export async function restore(adminUrl: string, dump: Dump, migrationsThen: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrateAsThen(adminUrl, migrationsThen);
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
