import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tlsFault } from '#connect';
import pg from 'pg';
import * as z from 'zod';
import { PostgresError, hasCode } from './postgres-error.js';

export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file, hex: what Prisma stores. */
  checksum: string;
}

const appliedRowSchema = z.object({
  migration_name: z.string(),
  checksum: z.string(),
  finished_at: z.date().nullable(),
});
export type AppliedRow = z.infer<typeof appliedRowSchema>;

/** The number under which Prisma takes its advisory lock, so that Prisma and we exclude each other. */
const prismaLock = 72_707_369;

/** Prisma's own book of applied migrations, column by column, so that `prisma migrate status` agrees with us. */
const bookSql = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  varchar(36) PRIMARY KEY NOT NULL,
  checksum            varchar(64) NOT NULL,
  finished_at         timestamptz,
  migration_name      varchar(255) NOT NULL,
  logs                text,
  rolled_back_at      timestamptz,
  started_at          timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

/** Reads `<folder>/<name>/migration.sql` of every migration, in the order of their names. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Which migrations are still to be applied.
 *
 * @throws PostgresError when the database was migrated by another release, or a migration failed half-way.
 */
export function pendingMigrations(known: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  for (const row of applied) {
    const migration = known.find(({ name }) => name === row.migration_name);
    if (migration === undefined) {
      throw new PostgresError(
        `the database has migration ${row.migration_name}, which this release does not know`,
        'It was written by a newer release; run that one',
      );
    }
    if (row.finished_at === null) {
      throw new PostgresError(
        `migration ${row.migration_name} was begun but did not finish`,
        'Repair the database, then mark it with `prisma migrate resolve`',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new PostgresError(
        `migration ${row.migration_name} was changed after it had been applied to this database`,
        'Restore the file as it was and write the change as a new migration, or begin with an empty database',
      );
    }
  }
  const done = new Set(applied.map((row) => row.migration_name));
  return known.filter(({ name }) => !done.has(name));
}

async function applyOne(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    // Where the connection broke, the server has rolled back.
    await client.query('ROLLBACK').catch(() => undefined);
    throw new PostgresError(
      `migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`,
      'Nothing of it was kept; fix the cause and migrate again',
      { cause: error },
    );
  }
}

/** Connects, runs `work`, disconnects. Says which server could not be reached, never with its password. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks is told by the query under way.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(url);
    const at = `can't connect to the database ${pathname.slice(1)} at ${host}`;
    const fault = tlsFault(error);
    if (fault !== null) throw new PostgresError(`${at}: ${fault}`, 'Then run it again', { cause: error });
    const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
    throw new PostgresError(
      `${at}: ${reason}`,
      'Check that the server runs and that the address, user and password are right',
      { cause: error },
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a database when the server has none of that name. Returns whether it did. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<boolean> {
  return withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return false;
    try {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    } catch (error) {
      // 42P04 duplicate_database, 23505 when two starts make it in the same instant.
      if (!hasCode(error, '42P04', '23505')) throw error;
      return false;
    }
    return true;
  });
}

/**
 * Applies what is missing of a folder of migrations, each in a transaction of its own, under Prisma's lock. Two at once
 * do no harm: the second waits and finds nothing left to do.
 *
 * @param adminUrl database to migrate, as a user who may create tables, functions and roles
 * @throws PostgresError for an unreachable server, a failed migration, or a database of another release
 */
export async function migrate(adminUrl: string, migrationsDir: string): Promise<{ applied: string[] }> {
  const known = await readMigrations(migrationsDir);
  return withClient(adminUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock]);
    await client.query(bookSql);
    const { rows } = await client.query(
      `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
        WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    const pending = pendingMigrations(known, z.array(appliedRowSchema).parse(rows));
    for (const migration of pending) await applyOne(client, migration);
    return { applied: pending.map(({ name }) => name) };
  });
}
