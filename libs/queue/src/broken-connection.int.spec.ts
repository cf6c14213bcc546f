import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { openQueue } from './index.js';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

it('a connection that breaks while BullMQ holds it is an error of its query, and does not end the process', async () => {
  const connection = openQueue({ url: database.coordinatorUrl, onError: () => undefined }, 'producer');
  const client = await (connection.options as pg.Pool).connect();
  const ended = new Promise((done) => client.once('end', done));
  await expect(client.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow('terminating connection');
  await ended;
  client.release(true);
  await connection.close();
});
