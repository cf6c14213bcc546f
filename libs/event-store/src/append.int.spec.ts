import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnknownEventError } from '#contracts';
import {
  append,
  AppendConflictError,
  newId,
  readSampleBatches,
  readStream,
  WrongExpectedVersionError,
} from './index.js';
import {
  cancelled,
  cancelledAs,
  cause,
  latch,
  newStream,
  openStore,
  samplesRecorded,
  type StoreUnderTest,
  untilWaitingForLock,
} from './testing/store-under-test.js';

let store: StoreUnderTest;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

const idsOf = async (stream: string) => (await readStream(store.db, stream)).map(({ meta }) => meta.eventId);

/** Appends in a transaction that stays open until the latch opens. Resolves when the append has been made. */
async function appendAndHold(stream: string, eventIds: string[], end: 'commit' | 'rollback') {
  const made = latch();
  const release = latch();
  const finished = store.db
    .$transaction(async (tx) => {
      await append(tx, stream, 0, eventIds.map(cancelledAs), cause);
      made.open();
      await release.opened;
      if (end === 'rollback') throw new Error('rolled back');
    })
    .catch((error: unknown) => {
      if (end === 'commit') throw error;
    });
  await made.opened;
  return async () => {
    release.open();
    await finished;
  };
}

describe('append', () => {
  it('stores events in order and gives them back as they were', async () => {
    const stream = newStream();
    expect(await append(store.db, stream, 0, [{ event: cancelled('a') }, { event: cancelled('b') }], cause)).toBe(2);
    expect(await append(store.db, stream, 2, [{ event: cancelled('c') }], cause)).toBe(3);
    const events = await readStream(store.db, stream);
    expect(events.map(({ meta }) => meta.version)).toEqual([1, 2, 3]);
    expect(events.map(({ type, data }) => ({ type, data }))).toEqual(['a', 'b', 'c'].map(cancelled));
    expect(events[0]?.meta).toMatchObject({ ...cause, stream });
    expect(await readStream(store.db, stream, 3)).toEqual(events.slice(2));
    expect(await readStream(store.db, newStream())).toEqual([]);
  });

  it('refuses data that no reader could read again, and stores nothing', async () => {
    const stream = newStream();
    const wrong = { type: 'JobCancelled' as const, data: { jobId: 'not-a-uuid', reason: 'a' } };
    const tried = append(store.db, stream, 0, [{ event: cancelled('a') }, { event: wrong }], cause);
    await expect(tried).rejects.toThrow(/jobId/);
    expect(await readStream(store.db, stream)).toEqual([]);
  });

  it('keeps the payload of each batch beside its event', async () => {
    const runId = newId();
    const events = [
      { event: cancelled('carries none') },
      samplesRecorded(runId, 0, [1, 2, 255], [0, 9]),
      samplesRecorded(runId, 1, [], [39, 92, 0]),
    ];
    await append(store.db, `run-${runId}`, 0, events, cause);
    const batches = [];
    for await (const { batch, samples, raw } of readSampleBatches(store.db, runId, 1)) {
      batches.push([batch, [...samples], [...raw]]);
    }
    expect(batches).toEqual([
      [0, [1, 2, 255], [0, 9]],
      [1, [], [39, 92, 0]],
    ]);
  });

  it('files a batch under the run of its stream, whatever its data say', async () => {
    const [runId, other] = [newId(), newId()];
    await append(store.db, `run-${runId}`, 0, [samplesRecorded(other, 0, [1], [1])], cause);
    const ofOther = readSampleBatches(store.db, other, 1);
    expect((await ofOther.next()).done).toBe(true);
  });
});

describe('an append with a wrong version', () => {
  it('is refused, naming the version that the stream has', async () => {
    const stream = newStream();
    await append(store.db, stream, 0, [{ event: cancelled('a') }], cause);
    for (const expected of [0, 2]) {
      const late = append(store.db, stream, expected, [{ event: cancelled('late') }], cause);
      await expect(late).rejects.toThrow(WrongExpectedVersionError);
      await expect(late).rejects.toMatchObject({ stream, expected, actual: 1 });
    }
  });

  it('is refused to all but one of 16 different ones at once', async () => {
    const stream = newStream();
    const ids = Array.from({ length: 16 }, newId);
    const tries = await Promise.allSettled(ids.map((id) => append(store.db, stream, 0, [cancelledAs(id)], cause)));
    const lost = tries.filter((one) => one.status === 'rejected').map((one): unknown => one.reason);
    expect(lost).toHaveLength(15);
    for (const reason of lost) expect(reason).toMatchObject({ name: 'WrongExpectedVersionError', actual: 1 });
    expect(ids).toContain((await idsOf(stream))[0]);
  });

  it('is refused when it waited for one that commits, and leaves none of its events', async () => {
    const stream = newStream();
    const first = newId();
    const release = await appendAndHold(stream, [first], 'commit');
    const second = append(store.db, stream, 0, [newId(), newId()].map(cancelledAs), cause);
    const outcome = expect(second).rejects.toMatchObject({ name: 'WrongExpectedVersionError', actual: 1 });
    await untilWaitingForLock(store.admin);
    await release();
    await outcome;
    expect(await idsOf(stream)).toEqual([first]);
  });

  it('is made when it waited for one that rolls back', async () => {
    const stream = newStream();
    const ids = [newId(), newId()];
    const release = await appendAndHold(stream, [newId()], 'rollback');
    const second = append(store.db, stream, 0, ids.map(cancelledAs), cause);
    await untilWaitingForLock(store.admin);
    await release();
    expect(await second).toBe(2);
    expect(await idsOf(stream)).toEqual(ids);
  });
});

describe('a repeated append', () => {
  it('is stored once when 16 tries come at once, and each is told the same version', async () => {
    const stream = newStream();
    const events = [newId(), newId()].map(cancelledAs);
    const versions = await Promise.all(Array.from({ length: 16 }, () => append(store.db, stream, 0, events, cause)));
    expect(new Set(versions)).toEqual(new Set([2]));
    expect(await readStream(store.db, stream)).toHaveLength(2);
  });

  it('waits for its original under way, and is told the same version', async () => {
    const stream = newStream();
    const ids = [newId(), newId()];
    const release = await appendAndHold(stream, ids, 'commit');
    const retry = append(store.db, stream, 0, ids.map(cancelledAs), cause);
    await untilWaitingForLock(store.admin);
    await release();
    expect(await retry).toBe(2);
    expect(await idsOf(stream)).toEqual(ids);
  });

  it('is told its own version when the stream has gone on since', async () => {
    const stream = newStream();
    const events = [cancelledAs(newId())];
    await append(store.db, stream, 0, events, cause);
    await append(store.db, stream, 1, [cancelledAs(newId())], cause);
    expect(await append(store.db, stream, 0, events, cause)).toBe(1);
    expect(await readStream(store.db, stream)).toHaveLength(2);
  });

  it('stores each batch once', async () => {
    const runId = newId();
    const events = [{ ...samplesRecorded(runId, 0, [1], [2]), eventId: newId() }];
    await Promise.all(Array.from({ length: 8 }, () => append(store.db, `run-${runId}`, 0, events, cause)));
    const batches = [];
    for await (const batch of readSampleBatches(store.db, runId, 1)) batches.push(batch.batch);
    expect(batches).toEqual([0]);
  });
});

describe('an append whose event ids are in use', () => {
  it.each([
    ['partly stored before', (id: string) => [id, newId()]],
    ['partly stored before, new one first', (id: string) => [newId(), id]],
  ])('is refused: %s', async (_what, ids) => {
    const stream = newStream();
    const id = newId();
    await append(store.db, stream, 0, [cancelledAs(id)], cause);
    for (const expected of [0, 1]) {
      const mixed = append(store.db, stream, expected, ids(id).map(cancelledAs), cause);
      await expect(mixed).rejects.toThrow(AppendConflictError);
    }
    expect(await idsOf(stream)).toEqual([id]);
  });

  it('is refused: in another stream', async () => {
    const id = newId();
    await append(store.db, newStream(), 0, [cancelledAs(id)], cause);
    const stream = newStream();
    await expect(append(store.db, stream, 0, [cancelledAs(id)], cause)).rejects.toThrow(AppendConflictError);
    expect(await idsOf(stream)).toEqual([]);
  });

  it('is refused: one id twice, and no event at all', async () => {
    const [stream, id] = [newStream(), newId()];
    await expect(append(store.db, stream, 0, [id, id].map(cancelledAs), cause)).rejects.toThrow(AppendConflictError);
    await expect(append(store.db, stream, 0, [], cause)).rejects.toThrow(AppendConflictError);
    expect(await idsOf(stream)).toEqual([]);
  });
});

describe('an event', () => {
  const metaOf = async (stream: string) => (await readStream(store.db, stream)).map(({ meta }) => meta);

  it('happened when it was recorded, unless it is said when', async () => {
    const stream = newStream();
    const occurredAt = new Date('2026-01-02T03:04:05.678Z');
    await append(store.db, stream, 0, [{ event: cancelled('now') }, { event: cancelled('then'), occurredAt }], cause);
    const [now, then] = await metaOf(stream);
    expect(now?.occurredAt).toEqual(now?.recordedAt);
    expect(then?.occurredAt).toEqual(occurredAt);
    expect(then?.recordedAt.getTime()).toBeGreaterThan(occurredAt.getTime());
  });

  it('did not happen in the time to come', async () => {
    const stream = newStream();
    const occurredAt = new Date(Date.now() + 3_600_000);
    await append(store.db, stream, 0, [{ event: cancelled('later'), occurredAt }], cause);
    const [later] = await metaOf(stream);
    expect(later?.occurredAt).toEqual(later?.recordedAt);
  });

  it('did not happen before 1970', async () => {
    const early = append(store.db, newStream(), 0, [{ event: cancelled('x'), occurredAt: new Date(-1) }], cause);
    await expect(early).rejects.toThrow(/events_occurred_before_recorded/);
  });
});

describe('readStream', () => {
  it('brings events of an old version up to the current one', async () => {
    const stream = newStream();
    await append(store.db, stream, 0, [{ event: cancelled('too expensive') }], cause);
    const louder = (data: unknown) => ({ ...(data as object), reason: 'TOO EXPENSIVE' });
    const [event] = await readStream(store.db, stream, 1, { 'JobCancelled@1': louder });
    expect(event).toMatchObject({ type: 'JobCancelled', data: { reason: 'TOO EXPENSIVE' } });
  });

  it('refuses an upcaster whose result does not fit the current schema', async () => {
    const stream = newStream();
    await append(store.db, stream, 0, [{ event: cancelled('a') }], cause);
    await expect(readStream(store.db, stream, 1, { 'JobCancelled@1': () => ({}) })).rejects.toThrow(/jobId/);
  });

  it('refuses an event of a newer release', async () => {
    const stream = newStream();
    await store.admin.$queryRaw`SELECT append_events(${stream}, 0, ${JSON.stringify([
      { ...cause, eventId: newId(), type: 'JobCancelled', schemaVersion: 9, data: {} },
    ])}::jsonb, '{}', '{}')`;
    await expect(readStream(store.db, stream)).rejects.toThrow(UnknownEventError);
  });
});
