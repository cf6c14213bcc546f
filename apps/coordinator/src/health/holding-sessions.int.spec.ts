import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../../../../test/eventually.js';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { startTestCluster } from '../../../../test/postgres/cluster.js';
import { contractVersion } from '#contracts';
import { newId } from '#event-store';
import { migrateQueue, openQueue, RunQueue } from '#queue';
import type { Readiness } from './checks.js';

jest.setTimeout(90_000);

let fleet: CoordinatorUnderTest;
const sessions: pg.Client[] = [];
let stopCluster: () => Promise<void>;
beforeAll(async () => {
  // A cluster of its own: what is held here would hold back the feeds of all other test files as well.
  stopCluster = await startTestCluster();
  fleet = await startCoordinator();
});
afterAll(async () => {
  await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
  await fleet.stop();
  await stopCluster();
});

async function hold(connectionString: string, how: string): Promise<{ pid: number; ended: Promise<unknown> }> {
  const session = new pg.Client({ connectionString, application_name: 'a board' });
  const ended = new Promise((resolve) => session.on('error', resolve));
  sessions.push(session);
  await session.connect();
  // The login's timeout would end it as well; anybody can reset that.
  await session.query('SET idle_in_transaction_session_timeout = 0');
  await session.query('BEGIN');
  const { rows } = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await session.query(how);
  return { pid: rows[0]?.pid ?? 0, ended };
}

const readiness = async () => (await fleet.ask<Readiness>('/health/ready', { key: null })).body.checks;

it('names the sessions that hold the feed back, and which of them are ended', async () => {
  const reader = await hold(fleet.database.readerUrl, 'SELECT pg_current_xact_id()');
  const owner = await hold(fleet.database.adminUrl, 'SELECT pg_current_xact_id()');
  const named = async () =>
    (await readiness()).projection.heldBackBy.filter(({ pid }) => pid === reader.pid || pid === owner.pid);
  const both = await eventually('both sessions are named', async () => {
    const seen = await named();
    return seen.length === 2 && seen;
  });
  const common = { application: 'a board', database: fleet.database.name, since: expect.any(String) };
  expect(both).toEqual([
    { ...common, pid: reader.pid, login: 'reader', endedAutomatically: true },
    { ...common, pid: owner.pid, login: new URL(fleet.database.adminUrl).username, endedAutomatically: false },
  ]);
  const figures = await (await fleet.request('/metrics')).text();
  expect(Number(/^xf_feed_horizon_age_seconds (.*)$/m.exec(figures)?.[1])).toBeGreaterThanOrEqual(5);

  expect(await reader.ended).toMatchObject({ code: '57P01' });
  await eventually('one session is left', async () => (await named()).length === 1);
  expect(await named()).toMatchObject([{ pid: owner.pid }]);
});

it("names a worker's session that keeps everybody from the queue's table, and ends it", async () => {
  // Whichever backend the coordinator under test uses.
  await migrateQueue(fleet.database.adminUrl);
  const connection = openQueue({ url: fleet.database.coordinatorUrl, onError: () => undefined }, 'producer');
  const queue = new RunQueue(connection, () => undefined);
  const ticket = { runId: newId(), jobId: newId(), hostId: 'h1', attempt: 1, correlationId: newId() };
  const worker = await hold(fleet.database.workerUrl, 'LOCK TABLE bullmq.job IN EXCLUSIVE MODE');
  const put = queue.put({ ...ticket, contractVersion }, 'normal');
  let named = (await readiness()).postgres.blockedBy;
  for (; named.length === 0; named = (await readiness()).postgres.blockedBy) await delay(200);
  expect(named).toEqual([
    {
      ...{ pid: worker.pid, login: 'worker', application: 'a board', database: fleet.database.name },
      // The put; the alarms of schedules may come to wait for the same table.
      ...{ since: expect.any(String), endedAutomatically: true, blocks: expect.any(Number) },
    },
  ]);
  expect(named[0]?.blocks).toBeGreaterThanOrEqual(1);
  await put;
  await queue.close();
  await connection.close();
  expect(await worker.ended).toMatchObject({ code: '57P01' });
});
