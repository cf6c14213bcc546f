import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '#event-store';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
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
