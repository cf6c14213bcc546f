import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createPrisma, type PrismaClient } from '#event-store';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { lagOf } from '../read-model/lag.js';
import { RunCounts } from './run-counts.js';

let database: FreshDatabase;
let db: PrismaClient;
beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

async function runs(count: number, state: string, endedAt: Date | null): Promise<void> {
  const data = Array.from({ length: count }, (_, planIndex) => ({
    ...{ runId: randomUUID(), jobId: randomUUID(), hostId: 'h1', executor: 'simulator', probe: 'pf' },
    ...{ planIndex, replicate: 0, faults: 1, state, endedAt },
  }));
  await db.run.createMany({ data });
}

it('every run counts in its state, whenever it ended, also where its end was recorded late', async () => {
  const counts = new RunCounts(db);
  await runs(1, 'planned', null);
  await runs(2, 'started', null);
  await runs(3, 'completed', minutesAgo(60));
  await runs(4, 'failed', minutesAgo(1));
  expect(Object.fromEntries(await counts.byState())).toEqual({ planned: 1, started: 2, completed: 3, failed: 4 });
  await db.run.updateMany({ where: { state: 'started' }, data: { state: 'completed', endedAt: minutesAgo(5) } });
  await runs(5, 'abandoned', minutesAgo(0));
  const after = { planned: 1, completed: 5, failed: 4, abandoned: 5 };
  expect(Object.fromEntries(await counts.byState())).toEqual(after);
  expect(Object.fromEntries(await new RunCounts(db).byState())).toEqual(after);
});

it('history is not counted again at each scrape', async () => {
  const counts = new RunCounts(db);
  const before = await counts.byState();
  await runs(7, 'completed', minutesAgo(120));
  expect(await counts.byState()).toEqual(before);
  expect((await new RunCounts(db).byState()).get('completed')).toBe((before.get('completed') ?? 0) + 7);
});

// A restored history has one transaction id (libs/event-store/README.md), of which PostgreSQL can't tell how many lie behind a place.
it('how far a projection is behind is told without reading the events before its checkpoint', async () => {
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  await admin.query(
    `INSERT INTO events (event_id, xid, stream, version, type, schema_version, data, correlation_id, actor, recorded_at)
       SELECT gen_random_uuid(), '0', 'run-' || i, 1, 'RunQueued', 1, jsonb_build_object('pad', repeat('x', 500)), gen_random_uuid(), 'test', now() - (20001 - i) * interval '1 second'
         FROM generate_series(1, 20000) i`,
  );
  await admin.query(
    `INSERT INTO checkpoints (subscription, xid, position) SELECT 'lagging', '0', max(position) - 3 FROM events`,
  );
  await admin.query('ANALYZE events');
  // As where the table is large: a third of it is too much for one.
  await admin.query(`ALTER DATABASE ${database.name} SET enable_bitmapscan = off`);
  const read = async (): Promise<number> => {
    const { rows } = await admin.query<{ read: string }>(
      `SELECT pg_stat_clear_snapshot(), seq_tup_read AS read FROM pg_stat_all_tables WHERE relid = 'events'::regclass`,
    );
    return Number(rows[0]?.read);
  };
  const before = await read();
  const one = createPrisma(database.coordinatorUrl, { poolSize: 1 });
  const { events, oldestMs } = await lagOf(one, 'lagging');
  await one.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  expect((await read()) - before).toBe(0);
  expect(events).toBe(3);
  expect(oldestMs).toBeGreaterThanOrEqual(3_000);
  expect((await lagOf(one, 'none yet')).events).toBe(20_000);
  await one.$disconnect();
  await admin.end();
});
