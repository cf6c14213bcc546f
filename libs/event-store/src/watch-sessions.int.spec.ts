// With real sessions: each takes a transaction id, as any login may, and keeps it.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startTestCluster } from '../../../test/postgres/cluster.js';
import { append, type HoldingSession, newId, watchSessions } from './index.js';
import { cancelledAs, cause, newStream, openStore, type StoreUnderTest } from './testing/store-under-test.js';

// A holder is borne for 10 s.
jest.setTimeout(90_000);

let store: StoreUnderTest;
const sessions: pg.Client[] = [];
let stopCluster: () => Promise<void>;
beforeAll(async () => {
  // A cluster of its own: what is held here would hold back the feeds of all other test files as well.
  stopCluster = await startTestCluster();
  store = await openStore();
});
afterAll(async () => {
  await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
  await store.close();
  await stopCluster();
});

/** A session that has done this and stays open. Its login's timeouts are off: anybody can reset them. */
async function open(
  url: string,
  ...statements: string[]
): Promise<{ pid: number | null; ended: Promise<unknown>; session: pg.Client }> {
  const session = new pg.Client({ connectionString: url, application_name: 'spec' });
  const ended = new Promise((resolve) => session.on('error', resolve));
  sessions.push(session);
  await session.connect();
  await session.query('SET idle_in_transaction_session_timeout = 0');
  const { rows } = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  for (const statement of statements) await session.query(statement);
  return { pid: rows[0]?.pid ?? null, ended, session };
}

/** A session that holds the feed back from here on. */
const hold = (url: string) => open(url, 'BEGIN', 'SELECT pg_current_xact_id()');

async function lookUntil(found: (holders: readonly HoldingSession[]) => boolean): Promise<readonly HoldingSession[]> {
  for (;;) {
    const holders = await watchSessions(store.db);
    if (found(holders)) return holders;
    await delay(200);
  }
}

const elsewhere = (url: string): string => {
  const at = new URL(url);
  at.pathname = '/postgres';
  return at.href;
};

/** Whether the feed reaches an event that is appended now. */
async function reached(eventId: string): Promise<boolean> {
  const [row] = await store.db.$queryRaw<{ reached: boolean }[]>`
    SELECT xid < pg_snapshot_xmin(pg_current_snapshot()) AS reached FROM events WHERE event_id = ${eventId}::uuid`;
  return row?.reached ?? false;
}

describe('watchSessions', () => {
  it("ends workers' and readers' sessions that hold the feed back, in any database, and the feed goes on", async () => {
    const { readerUrl, workerUrl } = store.database;
    const holders = await Promise.all([hold(readerUrl), hold(workerUrl), hold(elsewhere(readerUrl))]);
    const pids = holders.map(({ pid }) => pid);
    const eventId = newId();
    await append(store.db, newStream(), 0, [cancelledAs(eventId)], cause);
    expect(await reached(eventId)).toBe(false);

    const named = (await watchSessions(store.db)).filter(({ pid }) => pids.includes(pid));
    const common = {
      application: 'spec',
      since: expect.any(Date),
      heldMs: expect.any(Number),
      horizonMs: expect.any(Number),
      endable: true,
    };
    expect(named.sort((a, b) => pids.indexOf(a.pid) - pids.indexOf(b.pid))).toMatchObject([
      { ...common, login: 'reader', database: store.database.name },
      { ...common, login: 'worker', database: store.database.name },
      { ...common, login: 'reader', database: 'postgres' },
    ]);

    await lookUntil((now) => !now.some(({ pid }) => pids.includes(pid)));
    for (const { ended } of holders) expect(await ended).toMatchObject({ code: '57P01' });
    await store.horizonPassed();
    expect(await reached(eventId)).toBe(true);
  });

  it("names a coordinator's and the owner's session, and ends neither", async () => {
    const holders = await Promise.all([hold(store.database.coordinatorUrl), hold(store.database.adminUrl)]);
    const pids = holders.map(({ pid }) => pid);
    const old = (now: readonly HoldingSession[]) =>
      now.filter(({ pid, heldMs }) => pids.includes(pid) && heldMs > 12_000);
    const found = old(await lookUntil((now) => old(now).length === 2));
    expect(found.map(({ endable, ended }) => ({ endable, ended }))).toEqual([
      { endable: false, ended: false },
      { endable: false, ended: false },
    ]);
    // They still answer.
    for (const session of sessions.slice(-2)) await session.query('COMMIT');
  });

  it('ends a session that keeps a lock beyond transactions while others wait, and leaves its victims alone', async () => {
    const { readerUrl, workerUrl, coordinatorUrl } = store.database;
    const keeper = await open(readerUrl, 'SELECT pg_advisory_lock(7)');
    const waiter = await open(workerUrl, 'BEGIN', 'SELECT pg_advisory_lock(8), pg_current_xact_id()');
    const waiting = [waiter.session.query('SELECT pg_advisory_lock(7)')];
    const coordinator = await open(coordinatorUrl);
    waiting.push(coordinator.session.query('SELECT pg_advisory_lock(8)'));
    const found = await lookUntil((now) => now.some(({ pid, ended }) => pid === keeper.pid && ended));
    const told = ({ pid, login, blocks, ended }: HoldingSession) => ({ pid, login, blocks, ended });
    expect(found.filter(({ pid }) => pid === keeper.pid || pid === waiter.pid).map(told)).toEqual([
      { pid: keeper.pid, login: 'reader', blocks: 1, ended: true },
      { pid: waiter.pid, login: 'worker', blocks: 1, ended: false },
    ]);
    expect(await keeper.ended).toMatchObject({ code: '57P01' });
    await waiting[0];
    // Now the worker's idles with a lock and a transaction id, so that its turn comes.
    await lookUntil((now) => now.some(({ pid, ended }) => pid === waiter.pid && ended));
    expect(await waiter.ended).toMatchObject({ code: '57P01' });
    await waiting[1];
    await coordinator.session.query('SELECT pg_advisory_unlock(8)');
  });

  it("ends a worker's that idles in a transaction without an id, and not the owner's", async () => {
    const { workerUrl, adminUrl } = store.database;
    const idle = await open(workerUrl, 'BEGIN', 'SELECT 1');
    const owners = await open(adminUrl, 'BEGIN', 'SELECT 1');
    const found = await lookUntil((now) => now.some(({ pid, ended }) => pid === idle.pid && ended));
    expect(found.map(({ pid }) => pid)).not.toContain(owners.pid);
    expect(await idle.ended).toMatchObject({ code: '57P01' });
    await owners.session.query('COMMIT');
  });

  it('is not for workers and readers', async () => {
    for (const url of [store.database.workerUrl, store.database.readerUrl]) {
      const session = new pg.Client({ connectionString: url });
      await session.connect();
      await expect(session.query('SELECT FROM watch_sessions()')).rejects.toMatchObject({ code: '42501' });
      await session.end();
    }
  });
});
