import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '#event-store';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { noteSize } from './database-sizes.js';

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

const hourMs = 3_600_000;

it('the size of the database is noted once an hour, however many coordinators look', async () => {
  const past = { hour: new Date('2026-01-01T00:00Z'), databaseBytes: 3n, eventsBytes: 2n, rawBytes: 1n };
  await db.databaseSize.create({ data: past });
  const from = Math.floor(Date.now() / hourMs);
  await Promise.all([noteSize(db), noteSize(db)]);
  await noteSize(db);
  // Two, if the hour has turned meanwhile.
  const hours = Math.floor(Date.now() / hourMs) - from + 1;
  const [first, ...noted] = await db.databaseSize.findMany({ orderBy: { hour: 'asc' } });
  expect(first).toEqual(past);
  expect(noted.length).toBeGreaterThanOrEqual(1);
  expect(noted.length).toBeLessThanOrEqual(hours);
  for (const { hour, databaseBytes, eventsBytes, rawBytes } of noted) {
    expect(Number(hour) % hourMs).toBe(0);
    expect([eventsBytes > 0n, rawBytes > 0n, databaseBytes > eventsBytes + rawBytes]).toEqual([true, true, true]);
  }
});
