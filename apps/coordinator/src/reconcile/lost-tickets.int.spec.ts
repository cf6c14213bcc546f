import { describe, expect, it, jest } from '@jest/globals';
import { Queue, Worker, type IQueueBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { openQueue, type QueuedTicket } from '#queue';
import { eventually } from '../../../../test/eventually.js';
import { eachOnce, faults, firstHost, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { measure, startAttempt } from '../../../../test/fleet/story.js';
import { ticketOf } from './tickets.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('a queue', () => {
  it('that loses everything in the middle of a job gets it back: every run completes exactly once', async () => {
    let measured = 0;
    here.fleet.startCoordinator();
    here.fleet.startWorker(async (ticket) => {
      measured += 1;
      if (measured === 4) await here.fleet.backend.wipe();
      await here.fleet.measureOnce(ticket);
    });
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 10 });
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });

  it('that can not be reached holds nothing else up, and gets its tickets when it is back', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 });
    const { jobId: finished, plan: done } = await here.fleet.submit({ runsPerHost: 1 });
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    for (const { runId } of done) await measure(here.fleet.db, runId, 1, { faults });
    await here.fleet.backend.wipe();
    await here.fleet.catchUp();
    const away = (): Promise<never> => Promise.reject(new Error('the queue is away'));
    const report = await here.fleet
      .reconciler({ queue: { putAll: away, standing: away, removeAll: away, repair: away, resume: away } })
      .pass();
    expect(report).toMatchObject({ ended: 1 });
    expect(here.fleet.errors).toEqual([new Error('the queue is away')]);
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    expect(await here.fleet.jobEnded(finished)).toBe('completed');
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });

  it('that has all its tickets is not put more', async () => {
    await here.fleet.submit();
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler({ putBackEveryMs: 0 });
    expect(await reconciler.pass()).toMatchObject({ queued: 10, putBack: 0 });
    await here.fleet.catchUp();
    expect(await reconciler.pass()).toMatchObject({ queued: 0, putBack: 0 });
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 5, active: 0 });
    await here.fleet.backend.wipe();
    expect(await reconciler.pass()).toMatchObject({ putBack: 10 });
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 5, active: 0 });
  });
});

describe('a run that has ended while the read model still shows it queued', () => {
  it('gets no ticket again', async () => {
    const { plan } = await here.fleet.submit({ runsPerHost: 2 }, firstHost);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await here.fleet.catchUp();
    // Its worker has ended it and taken the ticket off; the read model has not heard of it yet.
    const [ended] = plan;
    await measure(here.fleet.db, ended?.runId ?? '', 1, { faults });
    await here.fleet.backend.wipe();
    const reconciler = here.fleet.reconciler({ putBackEveryMs: 0, putAllEveryMs: 0 });
    expect(await reconciler.pass()).toMatchObject({ putBack: 1 });
  });
});

describe('a ticket that is lost while a run of its host is under way', () => {
  it('is put back although the row of that run is behind', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 3 }, firstHost);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler({ putBackEveryMs: 0 });
    expect(await reconciler.pass()).toMatchObject({ putBack: 0 });
    const [underWay, lost] = plan;
    await startAttempt(here.fleet.db, underWay?.runId ?? '', 1);
    const gone = { jobId, runId: lost?.runId ?? '', hostId: 'h1', attempt: 1, correlationId: jobId };
    await here.fleet.queue.removeAll([ticketOf(gone)]);
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 2 });
    expect(await reconciler.pass()).toMatchObject({ putBack: 1 });
  });
});

describe('a ticket that BullMQ knows and would never give out', () => {
  const key = (hostId: string) => `host.${hostId}`;
  const odd = async (state: string, { ticket }: QueuedTicket): Promise<void> => {
    const url = here.fleet.backend.coordinatorUrl;
    const connection = openQueue({ url, onError: () => undefined }, 'lanes');
    await connection.ping();
    const past: Queue<unknown, void, string, unknown, void, string, IQueueBackend> = new Queue(
      key(ticket.hostId),
      { connection: connection.options },
      connection.factory,
    );
    const id = `${ticket.runId}-${ticket.attempt}`;
    try {
      if (state === 'paused') return await past.pause();
      if (state === 'absent') return void (await past.remove(id));
      if (state === 'without content') {
        const redis = new Redis(url);
        await redis.del(`bull:${key(ticket.hostId)}:${id}`);
        return redis.disconnect();
      }
      await past.remove(id);
      const kept = { jobId: id, removeOnFail: false, removeOnComplete: false };
      await past.add('run', ticket, { ...kept, ...(state === 'delayed' ? { delay: 3_600_000 } : {}) });
      if (state === 'delayed') return;
      const end = () => (state === 'failed' ? Promise.reject(new Error('on purpose')) : Promise.resolve());
      const worker: Worker<unknown, void, string, IQueueBackend> = new Worker(
        key(ticket.hostId),
        end,
        { connection: connection.options },
        connection.factory,
      );
      await eventually(`the ticket is ${state}`, async () => (await past.getJobState(id)) === state);
      await worker.close();
    } finally {
      await past.close();
      await connection.close();
    }
  };

  it.each(['absent', 'failed', 'completed', 'delayed', 'paused', 'without content'])(
    'is repaired, and its run completes: %s',
    async (state) => {
      if (state === 'without content' && !here.fleet.backend.coordinatorUrl.startsWith('redis')) return;
      const put: QueuedTicket[] = [];
      const { queue } = here.fleet;
      const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 }, firstHost);
      await here.fleet.catchUp();
      const noting = { putAll: (tickets: readonly QueuedTicket[]) => (put.push(...tickets), queue.putAll(tickets)) };
      const reconciler = here.fleet.reconciler({
        queue: {
          ...noting,
          standing: (hosts) => queue.standing(hosts),
          removeAll: (tickets) => queue.removeAll(tickets),
          repair: (tickets) => queue.repair(tickets),
          resume: (host) => queue.resume(host),
        },
        putBackEveryMs: 0,
        putAllEveryMs: 0,
      });
      await reconciler.pass();
      const [ticket] = put;
      if (ticket === undefined) throw new Error('no ticket was put');
      await here.fleet.catchUp();
      expect(await reconciler.pass()).toMatchObject({ putBack: 0 });
      await odd(state, ticket);
      expect(await reconciler.pass()).toMatchObject({ putBack: state === 'paused' ? 0 : 1 });
      expect(await reconciler.pass()).toMatchObject({ putBack: 0 });
      here.fleet.startCoordinator();
      here.fleet.startWorker();
      expect(await here.fleet.jobEnded(jobId)).toBe('completed');
      expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
    },
  );
});
