import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { ensureLogin } from './logins.js';
import { ensureDatabase, migrate, withClient } from './migrate.js';

const rowsOf = (url: string, sql: string) =>
  withClient(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);

describe('migrate', () => {
  let home: FreshDatabase;
  let url: string;
  let folder: string;
  const databaseName = `migrate_${process.pid}`;

  const write = async (name: string, sql: string) => {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'migration.sql'), sql);
  };

  beforeAll(async () => {
    home = await freshDatabase();
    folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-migrations-'));
    const made = await Promise.all([
      ensureDatabase(home.adminUrl, databaseName),
      ensureDatabase(home.adminUrl, databaseName),
    ]);
    expect(made.filter(Boolean)).toHaveLength(1);
    const at = new URL(home.adminUrl);
    at.pathname = `/${databaseName}`;
    url = at.href;
    await write('1_one', 'CREATE TABLE one (n int); INSERT INTO one VALUES (1);');
  });
  afterAll(async () => {
    await withClient(home.adminUrl, (client) => client.query(`DROP DATABASE ${databaseName} WITH (FORCE)`));
    await home.drop();
    await rm(folder, { recursive: true });
  });

  it('applies each migration once, also when two migrate at once', async () => {
    const both = await Promise.all([migrate(url, folder), migrate(url, folder)]);
    expect(both.flatMap(({ applied }) => applied)).toEqual(['1_one']);
    expect(await rowsOf(url, 'SELECT n FROM one')).toEqual([{ n: 1 }]);
  });

  it("keeps Prisma's book", async () => {
    const checksum = createHash('sha256').update('CREATE TABLE one (n int); INSERT INTO one VALUES (1);').digest('hex');
    const sql = `SELECT migration_name, checksum, applied_steps_count, finished_at >= started_at AS finished, logs, rolled_back_at
                   FROM _prisma_migrations`;
    expect(await rowsOf(url, sql)).toEqual([
      { migration_name: '1_one', checksum, applied_steps_count: 1, finished: true, logs: null, rolled_back_at: null },
    ]);
  });

  it('keeps nothing of a migration that fails, and applies it once repaired', async () => {
    await write('2_two', 'CREATE TABLE two (n int); SELECT 1 / 0;');
    await expect(migrate(url, folder)).rejects.toThrow(/migration 2_two failed: division by zero/);
    expect(await rowsOf(url, `SELECT to_regclass('two') AS two`)).toEqual([{ two: null }]);
    await write('2_two', 'CREATE TABLE two (n int);');
    expect(await migrate(url, folder)).toEqual({ applied: ['2_two'] });
  });

  it('keeps nothing of a migration in whose midst the connection breaks, says so, and applies it at the next start', async () => {
    const sql = 'CREATE TABLE three (n int); SELECT pg_terminate_backend(pg_backend_pid());';
    await write('3_three', sql);
    await expect(migrate(url, folder)).rejects.toThrow(/migration 3_three failed: .*Nothing of it was kept/s);
    expect(await rowsOf(url, `SELECT to_regclass('three') AS three`)).toEqual([{ three: null }]);
    await write('3_three', 'CREATE TABLE three (n int);');
    expect(await migrate(url, folder)).toEqual({ applied: ['3_three'] });
  });

  it('refuses a file that was changed after it had been applied', async () => {
    await write('1_one', 'CREATE TABLE one (n bigint);');
    await expect(migrate(url, folder)).rejects.toThrow(/1_one was changed after it had been applied/);
  });

  it('names a server that does not answer, without its password', async () => {
    const nobody = 'postgres://u:secret@127.0.0.1:1/x';
    await expect(migrate(nobody, folder)).rejects.toThrow(
      /can't connect to the database x at 127.0.0.1:1: .*ECONNREFUSED/,
    );
    await expect(migrate(nobody, folder)).rejects.not.toThrow(/secret/);
  });
});

describe('ensureLogin', () => {
  let database: FreshDatabase;
  const name = `login_${process.pid}`;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    await withClient(database.adminUrl, (client) => client.query(`DROP ROLE IF EXISTS ${name}`));
    await database.drop();
  });

  it('makes a login, then changes its password and its one group', async () => {
    const as = (password: string) => {
      const at = new URL(database.adminUrl);
      [at.username, at.password] = [name, password];
      return rowsOf(
        at.href,
        `SELECT r.rolname AS of FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
          WHERE m.member = current_user::regrole`,
      );
    };
    const limit = `SELECT rolconnlimit AS limit FROM pg_roles WHERE rolname = '${name}'`;
    await ensureLogin(database.adminUrl, { name, role: 'xf_worker', password: "it's 1" });
    expect(await rowsOf(database.adminUrl, limit)).toEqual([{ limit: 100 }]);
    expect(await as("it's 1")).toEqual([{ of: 'xf_worker' }]);
    await ensureLogin(database.adminUrl, { name, role: 'xf_reader', password: 'second' });
    expect(await as('second')).toEqual([{ of: 'xf_reader' }]);
    const settings = `SELECT unnest(setconfig) AS is FROM pg_db_role_setting WHERE setrole = '${name}'::regrole`;
    expect((await rowsOf(database.adminUrl, settings)).map((row) => row['is'])).toEqual([
      'idle_in_transaction_session_timeout=10s',
      'statement_timeout=60s',
    ]);
    await ensureLogin(database.adminUrl, { name, role: 'xf_coordinator', password: 'second' });
    expect(await rowsOf(database.adminUrl, settings)).toEqual([]);
    expect(await rowsOf(database.adminUrl, limit)).toEqual([{ limit: -1 }]);
    await expect(as("it's 1")).rejects.toThrow(/password authentication failed/);
  });
});
