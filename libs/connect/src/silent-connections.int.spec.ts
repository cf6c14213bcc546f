import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Wire } from '../../../test/chaos/wire.js';
import { eventually } from '../../../test/eventually.js';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { endSilentConnections } from './silent-connections.js';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

let wire: Wire;
let pool: pg.Pool;
let ended: string[];
afterEach(async () => {
  wire.close();
  await pool.end();
});

/** A pool of one connection, which can be forgotten on the way. */
async function poolOverWire(pooled = false): Promise<void> {
  const url = new URL(database.workerUrl);
  wire = await Wire.to(Number(url.port));
  url.port = String(wire.port);
  pool = new pg.Pool({ connectionString: url.href, max: 1 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  ended = [];
  if (pooled) url.searchParams.set('pgbouncer', 'true');
  const limits = { lookAfterMs: 500, idleTransactionMs: 2_000, unknownMs: 3_000 };
  endSilentConnections(pool, url.href, ({ message }) => ended.push(message), limits);
}

describe('a connection that was forgotten on the way', () => {
  it.each([
    ['PostgreSQL', false],
    ['a pooler', true],
  ])('is ended, its statement fails, and the next one has another; to %s', async (_, pooled) => {
    await poolOverWire(pooled);
    await pool.query('SELECT 1');
    wire.forgetAll();
    await expect(pool.query('SELECT 1')).rejects.toThrow('Connection terminated');
    expect(ended).toEqual([
      expect.stringMatching(/^PostgreSQL has not answered on a connection for \d+ s; it is ended$/),
    ]);
    expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
  });

  it('is ended in a transaction, which fails with its next statement', async () => {
    await poolOverWire();
    const client = await pool.connect();
    await client.query('BEGIN');
    wire.forgetAll();
    await eventually('it is ended', () => ended.length === 1);
    await expect(client.query('SELECT 1')).rejects.toThrow('not queryable');
    client.release();
    expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
  });
});

describe('a connection that is in use for long', () => {
  it('is left alone while the server works for it', async () => {
    await poolOverWire();
    expect((await pool.query('SELECT pg_sleep(2.5), 3 AS three')).rows).toMatchObject([{ three: 3 }]);
    expect(ended).toEqual([]);
  });

  it('is left alone while it listens', async () => {
    await poolOverWire();
    const client = await pool.connect();
    await client.query('LISTEN something');
    const heard = new Promise((resolve) => client.once('notification', resolve));
    const other = new pg.Client({ connectionString: database.workerUrl });
    await other.connect();
    await other.query('SELECT pg_sleep(2)');
    await other.query('NOTIFY something');
    await other.end();
    await expect(heard).resolves.toMatchObject({ channel: 'something' });
    client.release();
    expect(ended).toEqual([]);
  });
});
