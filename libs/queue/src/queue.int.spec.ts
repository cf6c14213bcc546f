import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { contractVersion, type Priority, type RunTicket } from '#contracts';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventually } from '../../../test/eventually.js';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../../../test/queue/queue-under-test.js';
import { HostQueues } from './host-queues.js';
import { migrateQueue, openQueue, queueName, RunLanes, RunQueue, type QueueConnection } from './index.js';

const graceMs = 5_000;
// Beside other test files on a small machine.
jest.setTimeout(60_000);

let database: FreshDatabase;
let backend: QueueUnderTest;
let producing: QueueConnection;
let consuming: QueueConnection;
let queue: RunQueue;
let errors: Error[];
let lanes: RunLanes[];

const onError = (error: Error): void => {
  errors.push(error);
};

beforeAll(async () => {
  database = await freshDatabase();
  backend = await queueUnderTest(database);
});
beforeEach(() => {
  errors = [];
  lanes = [];
  producing = openQueue({ url: backend.coordinatorUrl, onError }, 'producer');
  consuming = openQueue({ url: backend.workerUrl, onError }, 'lanes');
  queue = new RunQueue(producing, onError);
});
afterEach(async () => {
  await Promise.all(lanes.map((lane) => lane.close({ graceMs })));
  await queue.close();
  await Promise.all([producing.close(), consuming.close()]);
  await backend.wipe();
});
afterAll(() => database.drop());

const ticketFor = (hostId: string, attempt = 1): RunTicket => ({
  contractVersion,
  runId: randomUUID(),
  jobId: randomUUID(),
  hostId,
  attempt,
  correlationId: randomUUID(),
});

/** A lane that remembers what it was given, and a promise for the nth ticket. */
function laneFor(
  hostId: string,
  handle: (ticket: RunTicket, signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
  connection = consuming,
) {
  const taken: RunTicket[] = [];
  const waiting = new Map<number, () => void>();
  const lane = new RunLanes({
    connection,
    hostIds: [hostId],
    onError,
    handle: async (ticket, signal) => {
      taken.push(ticket);
      waiting.get(taken.length)?.();
      await handle(ticket, signal);
    },
  });
  lanes.push(lane);
  const nth = (n: number): Promise<void> =>
    taken.length >= n ? Promise.resolve() : new Promise((resolve) => waiting.set(n, resolve));
  return { lane, taken, nth };
}

function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('tickets', () => {
  it('reach the lane of their host, as they were put', async () => {
    const mine = ticketFor('h1');
    await queue.putAll([
      { ticket: mine, priority: 'normal' },
      { ticket: ticketFor('h2'), priority: 'normal' },
    ]);
    const { lane, taken, nth } = laneFor('h1');
    lane.start();
    await nth(1);
    expect(taken).toEqual([mine]);
    expect((await queue.standing(['h2'])).get('h2')).toMatchObject({ waiting: 1, active: 0 });
  });

  it('are counted as BullMQ counts them, of many hosts at once', async () => {
    const tickets = ['h1', 'h1', 'h1', 'h2'].map((hostId) => ({
      ticket: ticketFor(hostId),
      priority: 'normal' as const,
    }));
    await queue.putAll(tickets);
    const past = new Queue(queueName('h1'), { connection: producing.options }, producing.factory);
    try {
      await past.add('run', tickets[0]?.ticket ?? {}, { jobId: 'later', delay: 3_600_000 });
      await past.add('run', {}, { jobId: 'first come' });
      const worker = new Worker(queueName('h1'), null, { connection: consuming.options }, consuming.factory);
      await worker.getNextJob('spec', { block: false });
      const counts = await past.getJobCounts('waiting', 'prioritized', 'delayed', 'active');
      await past.pause();
      const { active = 0, waiting = 0, prioritized = 0, delayed = 0 } = counts;
      expect([waiting + prioritized + delayed, active]).toEqual([4, 1]);
      expect([...(await queue.standing(['h1', 'h2', 'h3']))]).toEqual([
        ['h1', { waiting: 4, active: 1, paused: true }],
        ['h2', { waiting: 1, active: 0, paused: false }],
        ['h3', { waiting: 0, active: 0, paused: false }],
      ]);
      expect(await queue.repair(tickets)).toBe(0);
      await worker.close(true);
    } finally {
      await past.close();
    }
  });

  describe('that BullMQ knows, but would never give out, are repaired:', () => {
    const raw = () => new Queue(queueName('h1'), { connection: producing.options }, producing.factory);

    it.each(['failed', 'completed', 'delayed', 'paused'])('%s', async (state) => {
      const queued = { ticket: ticketFor('h1'), priority: 'normal' as const };
      const id = `${queued.ticket.runId}-1`;
      const past = raw();
      try {
        if (state === 'paused') await past.pause();
        else {
          const kept = { jobId: id, removeOnFail: false, removeOnComplete: false };
          await past.add('run', queued.ticket, { ...kept, ...(state === 'delayed' ? { delay: 3_600_000 } : {}) });
        }
        if (state === 'failed' || state === 'completed') {
          const end = () => (state === 'failed' ? Promise.reject(new Error('on purpose')) : Promise.resolve());
          const worker = new Worker(queueName('h1'), end, { connection: consuming.options }, consuming.factory);
          await eventually(`job ${id} is ${state}`, async () => (await past.getJobState(id)) === state);
          await worker.close();
        }
        await queue.putAll([queued]);
        const { lane, taken, nth } = laneFor('h1');
        lane.start();
        expect((await queue.standing(['h1'])).get('h1')?.paused).toBe(state === 'paused');
        await queue.resume('h1');
        expect(await queue.repair([queued])).toBe(state === 'paused' ? 0 : 1);
        await nth(1);
        expect(taken).toEqual([queued.ticket]);
      } finally {
        await past.close();
      }
    });
  });

  it('whose content Redis lost while it still has their ids are repaired', async () => {
    if (producing.backend !== 'redis') return;
    const queued = { ticket: ticketFor('h1'), priority: 'normal' as const };
    await queue.put(queued.ticket, 'normal');
    const redis = new Redis(backend.coordinatorUrl);
    await redis.del(`bull:${queueName('h1')}:${queued.ticket.runId}-1`);
    redis.disconnect();
    expect(await queue.repair([queued])).toBe(1);
    const { lane, taken, nth } = laneFor('h1');
    lane.start();
    await nth(1);
    expect(taken).toEqual([queued.ticket]);
  });

  it('are taken by priority, then in the order of putting', async () => {
    const order: Priority[] = ['low', 'normal', 'high', 'normal', 'low', 'high'];
    const tickets = order.map((priority) => ({ ticket: ticketFor('h1'), priority }));
    await queue.putAll(tickets);
    const { lane, taken, nth } = laneFor('h1');
    lane.start();
    await nth(6);
    const expected = [2, 5, 1, 3, 0, 4].map((index) => tickets[index]?.ticket.runId);
    expect(taken.map((ticket) => ticket.runId)).toEqual(expected);
  });

  it('are taken one at a time', async () => {
    let atOnce = 0;
    let most = 0;
    const { lane, nth } = laneFor('h1', async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
    });
    await queue.putAll(Array.from({ length: 20 }, () => ({ ticket: ticketFor('h1'), priority: 'normal' as const })));
    lane.start();
    await nth(20);
    expect(most).toBe(1);
  });

  it('are swallowed when the queue still has them, waiting or held', async () => {
    const ticket = ticketFor('h1');
    await queue.put(ticket, 'normal');
    await queue.putAll([{ ticket, priority: 'high' }]);
    expect((await queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 1, active: 0 });
    const { open, opened } = gate();
    const { lane, taken, nth } = laneFor('h1', () => opened);
    lane.start();
    await nth(1);
    await queue.put(ticket, 'normal');
    expect((await queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 0, active: 1 });
    open();
    await eventually('the ticket is gone', async () => !(await queue.has(ticket)));
    expect(taken).toHaveLength(1);
  });

  it('leave nothing behind once they are handled, whether that went well or not', async () => {
    const tickets = [ticketFor('h1'), ticketFor('h1')];
    const { lane, nth } = laneFor('h1', (ticket) =>
      ticket === tickets[0] ? Promise.resolve() : Promise.reject(new Error('the store is away')),
    );
    lane.start();
    await queue.putAll(tickets.map((ticket) => ({ ticket, priority: 'normal' })));
    await nth(2);
    await eventually('no ticket is active', async () => (await queue.standing(['h1'])).get('h1')?.active === 0);
    const raw = new Queue(queueName('h1'), { connection: producing.options }, producing.factory);
    expect(await raw.getJobCounts('completed', 'failed', 'delayed', 'waiting')).toEqual({
      completed: 0,
      failed: 0,
      delayed: 0,
      waiting: 0,
    });
    await raw.close();
    expect(errors.map((error) => error.message)).toContain('the store is away');
  });

  it('can be taken back while they wait, and are known until then', async () => {
    const ticket = ticketFor('h1');
    expect(await queue.has(ticket)).toBe(false);
    await queue.put(ticket, 'normal');
    expect(await queue.has(ticket)).toBe(true);
    expect(await queue.has({ ...ticket, attempt: 2 })).toBe(false);
    await queue.removeAll([ticket]);
    expect(await queue.has(ticket)).toBe(false);
    await queue.removeAll([ticket]);
  });

  it('of another release are dropped with an error, and the lane goes on', async () => {
    const raw = new Queue(queueName('h1'), { connection: producing.options }, producing.factory);
    await raw.add('run', { ...ticketFor('h1'), contractVersion: 99 }, { removeOnFail: true });
    await raw.close();
    const good = ticketFor('h1');
    await queue.put(good, 'normal');
    const { lane, taken, nth } = laneFor('h1');
    lane.start();
    await nth(1);
    expect(taken).toEqual([good]);
    expect(errors.map((error) => error.message).join()).toMatch(/another contract version/);
  });
});

describe('a lane', () => {
  it('wakes up for a ticket that comes while it waits', async () => {
    const { lane, nth } = laneFor('h1');
    lane.start();
    await queue.put(ticketFor('h1'), 'normal');
    await nth(1);
    await eventually('no ticket is active', async () => (await queue.standing(['h1'])).get('h1')?.active === 0);
    await queue.put(ticketFor('h1'), 'normal');
    await nth(2);
  });

  it('goes on after every connection broke', async () => {
    const { lane, nth } = laneFor('h1');
    lane.start();
    await queue.put(ticketFor('h1'), 'normal');
    await nth(1);
    await backend.breakConnections();
    await eventually('the queue takes a ticket again', () =>
      queue.put(ticketFor('h1'), 'normal').then(
        () => true,
        () => false,
      ),
    );
    await nth(2);
  }, 30_000);

  it('goes on after the queue lost everything, the ticket in hand included', async () => {
    const { open, opened } = gate();
    const { lane, taken, nth } = laneFor('h1', () => opened);
    lane.start();
    const inHand = ticketFor('h1');
    await queue.putAll([inHand, ticketFor('h1')].map((ticket) => ({ ticket, priority: 'normal' })));
    await nth(1);
    await backend.wipe();
    open();
    const after = ticketFor('h1');
    await queue.put(after, 'normal');
    await nth(2);
    expect(taken).toEqual([inHand, after]);
  }, 30_000);

  it('waits on close for the ticket in hand, and takes no other', async () => {
    const { open, opened } = gate();
    const { lane, taken, nth } = laneFor('h1', () => opened);
    lane.start();
    await queue.putAll([ticketFor('h1'), ticketFor('h1')].map((ticket) => ({ ticket, priority: 'normal' })));
    await nth(1);
    const closing = lane.close({ graceMs });
    open();
    await closing;
    expect(taken).toHaveLength(1);
    expect((await queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 1, active: 0 });
  });

  it('drains: the ticket in hand goes on beyond the grace of a close, and no other is taken', async () => {
    const { open, opened } = gate();
    let aborted = false;
    const { lane, taken, nth } = laneFor('h1', (_, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return opened;
    });
    lane.start();
    await queue.putAll([ticketFor('h1'), ticketFor('h1')].map((ticket) => ({ ticket, priority: 'normal' })));
    await nth(1);
    // Its time is over before the ticket is through; nothing happens to that.
    await lane.drain(50);
    const drained = lane.drain(600_000);
    open();
    await drained;
    await lane.close({ graceMs });
    expect({ aborted, taken: taken.length }).toEqual({ aborted: false, taken: 1 });
    expect((await queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 1, active: 0 });
  });

  it('aborts the ticket in hand when its grace is over', async () => {
    let reason: unknown;
    const { lane, nth } = laneFor(
      'h1',
      (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve();
          });
        }),
    );
    lane.start();
    await queue.put(ticketFor('h1'), 'normal');
    await nth(1);
    await lane.close({ graceMs: 50 });
    expect(reason).toEqual(new Error('the lane is closing'));
    expect((await queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 0, active: 0 });
  });

  it('can be closed before it was ever ready', async () => {
    const { lane } = laneFor('h1');
    lane.start();
    await lane.close({ graceMs });
  });
});

describe('the backend', () => {
  it('answers a ping', async () => {
    await expect(queue.ping()).resolves.toBeUndefined();
  });

  it('that is not there makes puts and pings fail instead of hanging', async () => {
    const away = new URL(backend.coordinatorUrl);
    away.port = '1';
    const connection = openQueue({ url: away.href, onError }, 'producer');
    const lost = new RunQueue(connection, onError);
    await expect(lost.ping()).rejects.toThrow();
    await expect(lost.put(ticketFor('h1'), 'normal')).rejects.toThrow();
    await lost.close();
    await connection.close();
  }, 30_000);
});

describe('on PostgreSQL', () => {
  const connections = async (): Promise<string[]> => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    const { rows } = await client.query<{ application_name: string }>(
      `SELECT application_name FROM pg_stat_activity
        WHERE datname = current_database() AND usename LIKE 'worker%' ORDER BY 1`,
    );
    await client.end();
    return rows.map((row) => row.application_name);
  };

  it('the lanes of twelve hosts share at most five connections, and the migration can be run again, twice at once', async () => {
    await Promise.all([migrateQueue(database.adminUrl), migrateQueue(database.adminUrl)]);
    const put = openQueue({ url: database.coordinatorUrl, onError }, 'producer');
    const take = openQueue({ url: database.workerUrl, onError }, 'lanes');
    const hostIds = Array.from({ length: 12 }, (_, index) => `h${index}`);
    const { opened, open: letGo } = gate();
    const taken = new Set<string>();
    const twelve = new RunLanes({
      connection: take,
      hostIds,
      handle: ({ hostId }) => {
        taken.add(hostId);
        return opened;
      },
      onError,
    });
    lanes.push(twelve);
    twelve.start();
    const here = new RunQueue(put, onError);
    await here.putAll(hostIds.map((hostId) => ({ ticket: ticketFor(hostId), priority: 'normal' })));
    await eventually('each host has its ticket', () => Promise.resolve(taken.size === 12));
    const open = await connections();
    letGo();
    await twelve.close({ graceMs });
    await here.close();
    await Promise.all([put.close(), take.close()]);
    expect(open.length).toBeLessThanOrEqual(5);
  });

  it('taking and ending tickets stores none of BullMQ’s events, which nobody reads', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await migrateQueue(database.adminUrl);
    await admin.query('TRUNCATE bullmq.event');
    const put = openQueue({ url: database.coordinatorUrl, onError }, 'producer');
    const take = openQueue({ url: database.workerUrl, onError }, 'lanes');
    const here = new RunQueue(put, onError);
    const { lane, nth } = laneFor('h1', () => Promise.reject(new Error('the store is away')), take);
    await here.putAll([1, 2].map(() => ({ ticket: ticketFor('h1'), priority: 'normal' as const })));
    lane.start();
    await nth(2);
    await lane.close({ graceMs });
    const { rows } = await admin.query<{ event: string }>('SELECT DISTINCT event FROM bullmq.event ORDER BY event');
    await here.close();
    await Promise.all([put.close(), take.close(), admin.end()]);
    expect(rows.map(({ event }) => event)).toEqual(['added', 'waiting']);
  });

  it('a ticket that the queue lost fails alone: those that end in the same statement end', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const put = openQueue({ url: database.coordinatorUrl, onError }, 'producer');
    const take = openQueue({ url: database.workerUrl, onError }, 'lanes');
    const here = new RunQueue(put, onError);
    const held = new HostQueues(take, onError);
    const hostIds = ['h1', 'h2', 'h3'];
    const tickets = [...hostIds, ...hostIds].map((hostId) => ticketFor(hostId));
    await here.putAll(tickets.map((ticket) => ({ ticket, priority: 'normal' as const })));
    const first = (await Promise.all(hostIds.map((hostId) => held.take(hostId)))).flatMap((ticket) => ticket ?? []);
    await admin.query('DELETE FROM bullmq.job WHERE id = $1', [first[1]?.id]);
    const next = await Promise.allSettled(first.map((ticket) => held.finish(ticket, true)));
    const waiting = await here.standing(hostIds);
    await held.close();
    await here.close();
    await Promise.all([put.close(), take.close(), admin.end()]);
    expect(next.map((one) => (one.status === 'fulfilled' ? one.value?.payload : 'failed'))).toEqual([
      tickets[3],
      'failed',
      tickets[5],
    ]);
    expect(hostIds.map((hostId) => waiting.get(hostId)?.waiting)).toEqual([0, 1, 0]);
  });

  it('claims find tickets by an index, also where statistics say that there are none', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const read = async (): Promise<number> => {
      const { rows } = await admin.query<{ read: string }>(
        `SELECT pg_stat_clear_snapshot(), seq_tup_read AS read FROM pg_stat_all_tables WHERE relid = 'bullmq.job'::regclass`,
      );
      return Number(rows[0]?.read);
    };
    await admin.query('TRUNCATE bullmq.job CASCADE');
    await admin.query('ANALYZE bullmq.job');
    const before = await read();
    const put = openQueue({ url: database.coordinatorUrl, onError }, 'producer');
    const take = openQueue({ url: database.workerUrl, onError }, 'lanes');
    const here = new RunQueue(put, onError);
    const one = async (): Promise<void> => {
      const { lane, nth } = laneFor('h1', undefined, take);
      await here.putAll(Array.from({ length: 100 }, () => ({ ticket: ticketFor('h1'), priority: 'normal' as const })));
      lane.start();
      await nth(100);
      await lane.close({ graceMs });
    };
    // So often that each session has made its plan for good, while there is nothing.
    const idle = new HostQueues(take, onError);
    for (let look = 0; look < 10; look += 1) await Promise.all(Array.from({ length: 4 }, () => idle.take('h1')));
    await one();
    await one();
    await here.close();
    // Their sessions end, and report what they did.
    await Promise.all([put.close(), take.close()]);
    await eventually(
      'the sessions have ended',
      async () => (await connections()).filter((name) => name === 'xf-queue').length <= 4,
    );
    // The claims of one round alone would have read thousands.
    expect((await read()) - before).toBeLessThan(500);
    await admin.end();
  });
});
