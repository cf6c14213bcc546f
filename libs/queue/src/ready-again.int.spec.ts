import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { migrateQueue } from './migrate-queue.js';
import { openQueue } from './queue-connection.js';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await migrateQueue(database.adminUrl);
});
afterAll(() => database.drop());

it('a queue that was first used while PostgreSQL was away works when it is back', async () => {
  const connection = openQueue({ url: database.coordinatorUrl, onError: () => undefined }, 'producer');
  const pool = connection.options as unknown as pg.Pool;
  const away = new Error('Connection terminated unexpectedly');
  // Of the forms that it is called in, BullMQ uses the one that gives a promise.
  const connect = jest.spyOn(pool, 'connect') as unknown as jest.SpiedFunction<() => Promise<never>>;
  connect.mockImplementation(() => Promise.reject(away));
  const backend = connection.factory('tickets', { connection: connection.options });
  const twoAtOnce = [backend.waitUntilReady(), backend.waitUntilReady()];
  for (const { status } of await Promise.allSettled(twoAtOnce)) expect(status).toBe('rejected');
  await expect(backend.waitUntilReady()).rejects.toThrow(away);
  expect(connect.mock.calls.length).toBeGreaterThanOrEqual(2);
  connect.mockRestore();
  await backend.waitUntilReady();
  await backend.close();
  await connection.close();
});
