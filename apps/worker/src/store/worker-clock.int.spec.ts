import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventData, type EventMeta, runStream } from '#contracts';
import { append, createPrisma, newId, type PrismaClient, readStream } from '#event-store';
import { simulatedBootState } from '#entry-sim';
import { observed } from '#lifecycle';
import { letWorkerWrite } from '../../../../test/fleet/worker-token.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { RunLog, type WorkerCommand } from '../attempt/run-log.js';
import { openStore, type OpenStore } from './open-store.js';

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

const hour = 3_600_000;
const persistence = {
  ...{ giveUpAfterMs: 10_000, tryLimitMs: 10_000, signal: new AbortController().signal },
  onRetry: (): void => undefined,
};

async function queuedRun(): Promise<string> {
  const runId = newId();
  const data: EventData<'RunQueued'> = {
    ...{ runId, jobId: newId(), hostId: 'h1', attempt: 1, executor: 'simulator', probe: 'pf', replicate: 0, seed: 7 },
    ...{ faults: 4, warmup: 0, timeoutMs: 1_000, priority: 'normal' },
  };
  const cause = { correlationId: newId(), causationId: null, actor: 'coordinator:test' };
  await append(db, runStream(runId), 0, [{ event: { type: 'RunQueued', data } }], cause);
  return runId;
}

/** A worker's view of a run, by a clock that is so far off. */
async function withClock<T>(
  offMs: number,
  work: (log: RunLog, store: OpenStore, runId: string) => Promise<T>,
): Promise<T> {
  const runId = await queuedRun();
  const store = openStore(database.workerUrl, 1, () => new Date(Date.now() + offMs));
  await letWorkerWrite(db, { workerId: 'w1', instanceId: newId(), tokenHash: store.tokenHash, hostIds: ['h1'] });
  try {
    const log = await RunLog.open(store, runId, { correlationId: newId(), actor: 'worker:w1' }, persistence);
    await log.observe(facts, persistence);
    return await work(log, store, runId);
  } finally {
    await store.close();
  }
}

const facts = observed(simulatedBootState('haswell-ep'));
const start = (): WorkerCommand => ({
  command: {
    type: 'start',
    attempt: 1,
    data: {
      ...{
        workerId: 'w1',
        nonce: '0badcafe',
        provenance: 'simulated',
        labels: { host: 'h1', provenance: 'simulated' },
      },
      bootStateHash: facts.bootStateHash,
    },
  },
});
const failure = { code: 'timeout', message: 'took too long', remedy: 'raise timeoutMs' };
const fail = (occurredAt?: Date): WorkerCommand => ({
  command: { type: 'fail', attempt: 1, failure, parserVersion: 1 },
  ...(occurredAt === undefined ? {} : { occurredAt }),
});

async function metaOf(runId: string): Promise<[queued: EventMeta, started: EventMeta, failed: EventMeta]> {
  const [queued, started, failed] = (await readStream(db, runStream(runId))).map(({ meta }) => meta);
  if (!queued || !started || !failed) throw new Error('an event is missing');
  return [queued, started, failed];
}

describe("a worker's clock", () => {
  it.each([
    ['is right', 0],
    ['is an hour ahead', hour],
    ['is a day behind', -24 * hour],
  ])('that %s tells how long ago something happened', async (_what, offMs) => {
    const [queued, started, failed] = await withClock(offMs, async (log, store, runId) => {
      await log.commit([start()], persistence);
      await delay(5);
      const ended = store.now();
      // As when PostgreSQL could not be reached: it is recorded long after it happened.
      await delay(60);
      await log.commit([fail(ended)], persistence);
      return metaOf(runId);
    });
    expect(started.occurredAt.getTime()).toBeGreaterThanOrEqual(queued.recordedAt.getTime());
    expect(started.occurredAt.getTime()).toBeLessThanOrEqual(started.recordedAt.getTime());
    expect(failed.occurredAt.getTime()).toBeGreaterThanOrEqual(started.recordedAt.getTime());
    expect(failed.occurredAt.getTime()).toBeLessThan(failed.recordedAt.getTime() - 50);
  });

  it.each([
    ['a week ago', -168 * hour],
    ['in an hour', hour],
  ])('that says %s is not believed beyond what can be', async (_what, offMs) => {
    const [, started, failed] = await withClock(0, async (log, store, runId) => {
      await log.commit([start()], persistence);
      await log.commit([fail(new Date(store.now().getTime() + offMs))], persistence);
      return metaOf(runId);
    });
    if (offMs < 0) expect(failed.occurredAt).toEqual(started.occurredAt);
    expect(failed.occurredAt.getTime()).toBeGreaterThanOrEqual(started.occurredAt.getTime());
    expect(failed.occurredAt.getTime()).toBeLessThanOrEqual(failed.recordedAt.getTime());
  });

  it('of an earlier release says nothing: what it appends happened when it was recorded', async () => {
    const runId = await queuedRun();
    const [store, cause] = [openStore(database.workerUrl, 1), { correlationId: newId(), actor: 'worker:w1' }];
    await letWorkerWrite(db, { workerId: 'w1', instanceId: newId(), tokenHash: store.tokenHash, hostIds: ['h1'] });
    const silent: OpenStore = {
      ...store,
      append: (stream, version, events, why) =>
        store.append(stream, version, events.map(({ occurredAt: _, ...event }) => event) as never, why),
    };
    const log = await RunLog.open(silent, runId, cause, persistence);
    await log.commit([start(), fail()], persistence);
    await store.close();
    const [, started, failed] = await metaOf(runId);
    expect(started.occurredAt).toEqual(started.recordedAt);
    expect(failed.occurredAt).toEqual(failed.recordedAt);
  });
});
