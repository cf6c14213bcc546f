import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cause, DomainEvent, RecordedEvent } from '#contracts';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import {
  append,
  createPrisma,
  feedStart,
  newId,
  type PrismaClient,
  readFeed,
  readSampleBatches,
  readStream,
} from './index.js';
import { Subscription, WrongExpectedVersionError } from './index.js';

let database: FreshDatabase;
let db: PrismaClient;
const cause: Cause = { correlationId: newId(), causationId: null, actor: 'spec' };
const cancelled = (reason: string): DomainEvent => ({ type: 'JobCancelled', data: { jobId: newId(), reason } });

beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl, { poolSize: 20 });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

describe('append', () => {
  it('stores events in order and gives them back as they were', async () => {
    const stream = `job-${newId()}`;
    expect(await append(db, stream, 0, [{ event: cancelled('a') }, { event: cancelled('b') }], cause)).toBe(2);
    const events = await readStream(db, stream);
    expect(events.map((e) => [e.meta.version, e.type, (e.data as { reason: string }).reason])).toEqual([
      [1, 'JobCancelled', 'a'],
      [2, 'JobCancelled', 'b'],
    ]);
    expect(events[0]?.meta).toMatchObject({ ...cause, stream });
  });

  it('stores 16 simultaneous tries of one append once, and tells each the same version', async () => {
    const stream = `job-${newId()}`;
    const events = ['a', 'b'].map((reason) => ({ event: cancelled(reason), eventId: newId() }));
    const versions = await Promise.all(Array.from({ length: 16 }, () => append(db, stream, 0, events, cause)));
    expect(new Set(versions)).toEqual(new Set([2]));
    expect(await readStream(db, stream)).toHaveLength(2);
  });

  it('refuses a stream that has moved on, naming its version', async () => {
    const stream = `job-${newId()}`;
    await append(db, stream, 0, [{ event: cancelled('a') }], cause);
    const late = append(db, stream, 0, [{ event: cancelled('late') }], cause);
    await expect(late).rejects.toThrow(WrongExpectedVersionError);
    await expect(late).rejects.toMatchObject({ expected: 0, actual: 1 });
  });

  it('keeps the payload of a batch of samples beside its event', async () => {
    const runId = newId();
    const payload = { samples: new Uint8Array([1, 2, 255]), raw: new Uint8Array([0, 9]) };
    const event: DomainEvent = {
      type: 'CrossingSamplesRecorded',
      data: {
        runId,
        attempt: 1,
        batch: 0,
        probe: 'pf',
        metrics: ['u2k', 'k2u'],
        cpu: 0,
        samples: 2,
        interrupted: 0,
        firstSeq: 0,
        lastSeq: 1,
        rawFrom: 0,
        rawTo: 2,
      },
    };
    await append(db, `run-${runId}`, 0, [{ event: cancelled('first') }, { event, payload }], cause);
    const batches = [];
    for await (const batch of readSampleBatches(db, runId, 1)) batches.push(batch);
    expect(batches.map((b) => [b.batch, [...b.samples], [...b.raw]])).toEqual([[0, [1, 2, 255], [0, 9]]]);
  });
});

describe('Subscription', () => {
  it('hands over everything once, and again what a failed pass rolled back', async () => {
    const seen: string[] = [];
    let fail = true;
    const subscription = new Subscription({
      db,
      name: 'spec',
      batchSize: 3,
      handle: (_tx, events: readonly RecordedEvent[]) => {
        if (fail) return Promise.reject(new Error('handler down'));
        seen.push(...events.map((e) => e.meta.eventId));
        return Promise.resolve();
      },
      onError: () => undefined,
    });
    await expect(subscription.advance()).rejects.toThrow('handler down');
    fail = false;
    while ((await subscription.advance()) > 0);
    const all = await readFeed(db, feedStart, 1000);
    expect(seen).toEqual(all.map((e) => e.meta.eventId));
    expect(await subscription.lag()).toEqual({ events: 0 });
  });
});
