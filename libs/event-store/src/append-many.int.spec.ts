import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZodError } from 'zod';
import { eventually } from '../../../test/eventually.js';
import { PostgresServer } from '../../../test/chaos/postgres-server.js';
import {
  append,
  AppendConflictError,
  appendMany,
  appendTogether,
  createPrisma,
  type Decision,
  newId,
  readFeed,
  readStream,
  sqlError,
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

const decide = (stream = newStream(), ...events: Decision['events']): Decision => ({
  ...{ stream, expectedVersion: 0, cause },
  events: events.length > 0 ? events : [{ event: cancelled(stream) }],
});
const versionOf = async (stream: string) => (await readStream(store.db, stream)).length;

describe('many decisions at once', () => {
  it('are stored in their order, those of a call in one transaction', async () => {
    const decisions = Array.from({ length: 1_100 }, () =>
      decide(undefined, { event: cancelled('a') }, { event: cancelled('b') }),
    );
    expect(await appendMany(store.db, decisions)).toEqual(decisions.map(() => ({ version: 2 })));
    await store.horizonPassed();
    const feed = await readFeed(store.db, { xid: '0', position: '0' }, 3_000);
    expect(feed.map(({ meta }) => `${meta.stream} ${meta.version}`)).toEqual(
      decisions.flatMap(({ stream }) => [`${stream} 1`, `${stream} 2`]),
    );
    expect(new Set(feed.map(({ meta }) => meta.at.xid)).size).toBe(3);
    expect(await appendMany(store.db, [])).toEqual([]);
  });

  it('are refused one by one', async () => {
    const eventId = newId();
    await append(store.db, newStream(), 0, [cancelledAs(eventId)], cause);
    const moved = newStream();
    await append(store.db, moved, 0, [{ event: cancelled('first') }], cause);
    const unreadable = { event: { type: 'JobCancelled' as const, data: { jobId: 'not-a-uuid', reason: 'a' } } };
    const good = [decide(), decide()];
    const outcomes = await appendMany(store.db, [
      good[0] ?? decide(),
      decide(moved),
      decide(undefined, cancelledAs(eventId)),
      decide(undefined, { event: cancelled('fits') }, unreadable),
      decide('no name of a stream'),
      good[1] ?? decide(),
    ]);
    const refused = outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : outcome.version));
    expect(refused).toEqual([
      1,
      expect.any(WrongExpectedVersionError),
      expect.any(AppendConflictError),
      expect.any(ZodError),
      expect.any(Error),
      1,
    ]);
    expect(refused[1]).toMatchObject({ stream: moved, expected: 0, actual: 1 });
    expect(sqlError(refused[4]).code).toBe('23514');
    for (const { stream } of good) expect(await versionOf(stream)).toBe(1);
    expect(await versionOf(moved)).toBe(1);
  });

  it('wait for each other where they are of one stream, and are stored in part neither together nor alone', async () => {
    const [twice, partly] = [newStream(), newStream()];
    const eventId = newId();
    await append(store.db, newStream(), 0, [cancelledAs(eventId)], cause);
    const outcomes = await appendMany(store.db, [
      decide(twice),
      { ...decide(twice), expectedVersion: 1 },
      decide(twice, { event: cancelled('too late') }),
      decide(partly, { event: cancelled('fits') }, cancelledAs(eventId)),
      decide(),
    ]);
    expect(outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : outcome.version))).toEqual([
      ...[1, 2, expect.any(WrongExpectedVersionError), expect.any(AppendConflictError), 1],
    ]);
    expect(await versionOf(twice)).toBe(2);
    expect(await versionOf(partly)).toBe(0);
  });

  it('come from single appends at the same time, of which those with sample batches go alone', async () => {
    const moved = newStream();
    await append(store.db, moved, 0, [{ event: cancelled('first') }], cause);
    const streams = [newStream(), newStream(), `run-${newId()}`, `run-${newId()}`];
    const one = (stream: string) =>
      stream.startsWith('run-') ? samplesRecorded(stream.slice(4), 0, [1], [2]) : { event: cancelled(stream) };
    const appended = await Promise.allSettled(
      [...streams, moved].map((stream) => appendTogether(store.db, stream, 0, [one(stream)], cause)),
    );
    const last = appended.pop();
    expect(appended.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as unknown)))).toEqual([
      1, 1, 1, 1,
    ]);
    expect(last).toMatchObject({ status: 'rejected', reason: expect.any(WrongExpectedVersionError) });
    expect(
      await store.db.sampleBatch.count({ where: { runId: { in: streams.slice(2).map((s) => s.slice(4)) } } }),
    ).toBe(2);
  });

  it('are stored once when they are decided again', async () => {
    const decisions = [1, 2, 3].map(() => decide(undefined, cancelledAs(newId())));
    const first = await appendMany(store.db, decisions.slice(0, 2));
    expect(await appendMany(store.db, decisions)).toEqual([...first, { version: 1 }]);
    await Promise.all([1, 2, 3, 4].map(() => appendMany(store.db, decisions)));
    for (const { stream } of decisions) expect(await versionOf(stream)).toBe(1);
  });

  it('hold nothing while one of them waits for another’s append', async () => {
    const [before, contested, after] = [newStream(), newStream(), newStream()];
    const [made, release] = [latch(), latch()];
    const holding = store.db.$transaction(async (tx) => {
      await append(tx, contested, 0, [{ event: cancelled('theirs') }], cause);
      made.open();
      await release.opened;
    });
    await made.opened;
    const many = appendMany(store.db, [decide(before), decide(contested), decide(after)]);
    // Together they would have to wait, so they are stored one by one: nobody who appends to that stream has to wait.
    await eventually('the first is stored', async () => (await versionOf(before)) === 1);
    await untilWaitingForLock(store.admin);
    expect(await append(store.db, before, 1, [{ event: cancelled('next') }], cause)).toBe(2);
    release.open();
    await holding;
    expect(await many).toEqual([{ version: 1 }, { refused: expect.any(WrongExpectedVersionError) }, { version: 1 }]);
  });
});

it('what many decisions stored is on disk when the call returns, also when the last was refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-append-many-'));
  const server = await PostgresServer.start(join(folder, 'postgres'), 'prisma/migrations');
  try {
    const stored = Array.from({ length: 100 }, () => decide());
    const [refused = decide()] = stored;
    const db = createPrisma(server.loginUrl('coordinator'), { poolSize: 1 });
    const outcomes = await appendMany(db, [...stored, { ...refused, events: [{ event: cancelled('again') }] }]);
    await server.kill();
    await db.$disconnect();
    expect(outcomes.at(-1)).toEqual({ refused: expect.any(WrongExpectedVersionError) });
    await server.startAgain();
    const again = createPrisma(server.loginUrl('coordinator'), { poolSize: 1 });
    for (const { stream } of stored) expect(await readStream(again, stream)).toHaveLength(1);
    await again.$disconnect();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
