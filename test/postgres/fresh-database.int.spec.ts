import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from './fresh-database.js';

async function query(url: string, sql: string): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('freshDatabase', () => {
  let one: FreshDatabase;
  let other: FreshDatabase;
  beforeAll(async () => {
    [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  });
  afterAll(() => Promise.all([one.drop(), other.drop()]));

  it('gives every caller an empty, migrated database of its own', async () => {
    await query(one.adminUrl, `INSERT INTO boot_states VALUES ('h', '{}', now())`);
    const count = async (url: string) => (await query(url, 'SELECT count(*)::int AS n FROM boot_states')).rows[0];
    expect(await count(one.adminUrl)).toEqual({ n: 1 });
    expect(await count(other.adminUrl)).toEqual({ n: 0 });
  });

  it('gives a login for each role', async () => {
    const sql = `SELECT ARRAY(SELECT r FROM unnest(ARRAY['xf_coordinator', 'xf_worker', 'xf_reader']) r
                               WHERE pg_has_role(r, 'member')) AS groups`;
    expect((await query(one.coordinatorUrl, sql)).rows).toEqual([{ groups: ['xf_coordinator'] }]);
    expect((await query(one.workerUrl, sql)).rows).toEqual([{ groups: ['xf_worker'] }]);
    expect((await query(one.readerUrl, sql)).rows).toEqual([{ groups: ['xf_reader'] }]);
  });
});
