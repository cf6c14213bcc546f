import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { demoDefaults, historyOf, writeHistory } from '../index.js';

const options = { ...demoDefaults, days: 3, hosts: 3, runs: 2, samples: 130, until: '2026-11-25' };

// Writes three stores beside other test files on a small machine.
jest.setTimeout(60_000);

/** All that was appended but when and in which transaction, in the order of the feed. */
const digestOf = `
  SELECT md5(string_agg(concat_ws('|', position, event_id, stream, version, type, schema_version, data, occurred_at,
                                  correlation_id, causation_id, actor, md5(samples), md5(raw)), E'\\n' ORDER BY xid, position)) AS digest,
         count(*)::integer AS events
    FROM events LEFT JOIN sample_batches USING (event_id)`;

async function contents(database: FreshDatabase): Promise<{ digest: string; events: number } | undefined> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    return (await client.query<{ digest: string; events: number }>(digestOf)).rows[0];
  } finally {
    await client.end();
  }
}

describe('writing a history', () => {
  let databases: FreshDatabase[];
  beforeAll(async () => void (databases = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()])));
  afterAll(async () => void (await Promise.all(databases.map((database) => database.drop()))));

  it('gives the same store to the byte each time, also when it was stopped and went on, or is written twice', async () => {
    const [once, again, stopped] = databases as [FreshDatabase, FreshDatabase, FreshDatabase];
    const write = (database: FreshDatabase, more: Partial<Parameters<typeof writeHistory>[0]> = {}) =>
      writeHistory({ databaseUrl: database.coordinatorUrl, history: historyOf(options), ...more });

    expect(await write(once)).toBe(true);
    const whole = await contents(once);
    expect(whole?.events).toBeGreaterThan(3 * 3 * 2 * 3);
    expect(await write(once)).toBe(true);
    expect(await contents(once)).toEqual(whole);

    expect(await write(again)).toBe(true);
    expect(await contents(again)).toEqual(whole);

    const ending = new AbortController();
    const told: number[] = [];
    const onNight = (night: number): void => {
      told.push(night);
      ending.abort();
    };
    expect(await write(stopped, { signal: ending.signal, onNight })).toBe(false);
    expect(told).toEqual([0]);
    expect((await contents(stopped))?.events).toBeLessThan(whole?.events ?? 0);
    expect(await write(stopped)).toBe(true);
    expect(await contents(stopped)).toEqual(whole);
  });

  it('leaves no half night when storing fails in the middle of one', async () => {
    const database = await freshDatabase();
    databases.push(database);
    const history = historyOf(options);
    const failing = {
      ...history,
      *appendsOf(night: number) {
        for (const append of history.appendsOf(night)) {
          // As on a full disk: PostgreSQL says no in the middle of the second night.
          if (night === 1 && append.stream.startsWith('run-')) throw new Error('no space left on device');
          yield append;
        }
      },
    };
    await expect(writeHistory({ databaseUrl: database.coordinatorUrl, history: failing })).rejects.toThrow(
      'no space left on device',
    );
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    const { rows } = await client.query(
      `SELECT (SELECT count(*)::integer FROM events WHERE type = 'JobSubmitted') AS submitted,
              (SELECT count(*)::integer FROM events WHERE type = 'JobCompleted') AS completed`,
    );
    await client.end();
    expect(rows).toEqual([{ submitted: 1, completed: 1 }]);
  });
});
