import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RecordedEvent } from '#contracts';
import { eventually } from '../../../test/eventually.js';
import {
  append,
  feedStart,
  newId,
  readFeed,
  Subscription,
  type SubscriptionOptions,
  type Transaction,
} from './index.js';
import {
  cancelled,
  cancelledAs,
  cause,
  latch,
  newStream,
  openStore,
  type StoreUnderTest,
} from './testing/store-under-test.js';

jest.setTimeout(60_000);

let store: StoreUnderTest;
let name: string;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());
beforeEach(() => {
  name = `spec-${newId()}`;
});

const idsOf = (events: readonly Pick<RecordedEvent, 'meta'>[]) => events.map(({ meta }) => meta.eventId);
const everything = async () => idsOf(await readFeed(store.db, feedStart, 10_000));

async function publish(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await append(store.db, newStream(), 0, ids.map(cancelledAs), cause);
  await store.horizonPassed();
  return ids;
}

/** A projection whose table is boot_states: one row an event, so that a second delivery breaks the primary key. */
async function project(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  await tx.bootState.createMany({
    data: idsOf(events).map((id) => ({ bootStateHash: `${name}/${id}`, bootState: {}, firstSeenAt: new Date(0) })),
  });
}

async function projected(): Promise<string[]> {
  const rows = await store.db.bootState.findMany({ where: { bootStateHash: { startsWith: name } } });
  return rows.map((row) => row.bootStateHash.slice(name.length + 1));
}

const subscribe = (options: Partial<SubscriptionOptions> = {}) =>
  new Subscription({
    db: store.db,
    name,
    handle: project,
    onError: (error) => expect(error).toBeUndefined(),
    ...options,
  });

it('a subscription keeps its pace, unless somebody is in a hurry', async () => {
  const seen: string[] = [];
  const following = subscribe({ paceMs: 3_600_000, onAdvance: (_, events) => seen.push(...idsOf(events)) });
  const first = await publish(1);
  following.start();
  try {
    await eventually('the first event is handled', () => Promise.resolve(first.every((id) => seen.includes(id))));
    const second = await publish(1);
    following.nudge();
    following.nudge({ hurry: true });
    await eventually('the second event is handled', () => Promise.resolve(second.every((id) => seen.includes(id))));
  } finally {
    await following.stop();
  }
});

describe('a pass of a subscription', () => {
  it('hands over events of the types that are heeded, and passes all others', async () => {
    const heeded: string[] = [];
    const runs = { completed: 1, failed: 0, abandoned: 0 };
    const completed = { type: 'JobCompleted' as const, data: { jobId: newId(), outcome: 'completed' as const, runs } };
    const [own, other] = [newStream(), newStream()];
    const started = (await readFeed(store.db, feedStart, 10_000)).length;
    for (let at = 0; at < 7; at += 1) {
      await append(store.db, other, at, [{ event: cancelled('passed') }], cause);
      if (at % 3 === 0) await append(store.db, own, at / 3, [{ event: completed }], cause);
    }
    await store.horizonPassed();
    const subscription = subscribe({
      ...{ types: ['JobCompleted'], batchSize: 4 },
      handle: (_tx, events) => Promise.resolve(void heeded.push(...events.map(({ meta }) => meta.stream))),
    });
    let passed = 0;
    for (let some = await subscription.advance(); some > 0; some = await subscription.advance()) passed += some;
    expect(passed).toBe(started + 10);
    expect(heeded.filter((stream) => stream === own)).toEqual([own, own, own]);
    expect(heeded).not.toContain(other);
    expect(await subscription.lag()).toEqual({ events: 0 });
  });

  it('hands over the next events, and moves the checkpoint with what the handler wrote', async () => {
    await publish(7);
    const advanced: number[] = [];
    const subscription = subscribe({ batchSize: 3, onAdvance: (_at, events) => advanced.push(events.length) });
    while ((await subscription.advance()) > 0);
    const all = await everything();
    expect((await projected()).sort()).toEqual([...all].sort());
    expect(advanced.every((n) => n <= 3)).toBe(true);
    expect(advanced.reduce((sum, n) => sum + n, 0)).toBe(all.length);
    expect(await subscription.lag()).toEqual({ events: 0 });
    await publish(2);
    expect(await subscription.lag()).toEqual({ events: 2 });
  });

  it('keeps neither writes nor checkpoint when the handler fails, and hands the same over again', async () => {
    await publish(3);
    const handed: string[][] = [];
    const subscription = subscribe({
      handle: async (tx, events) => {
        handed.push(idsOf(events));
        await project(tx, events);
        if (handed.length === 1) throw new Error('handler down');
      },
    });
    await expect(subscription.advance()).rejects.toThrow('handler down');
    expect(await projected()).toEqual([]);
    await subscription.advance();
    expect(handed[1]).toEqual(handed[0]);
    expect((await projected()).sort()).toEqual([...(handed[0] ?? [])].sort());
  });

  it('replays what a crash between handling and commit lost', async () => {
    await publish(3);
    let crashes = 1;
    const subscription = subscribe({
      handle: async (tx, events) => {
        await project(tx, events);
        if (crashes-- <= 0) return;
        // What the server sees of a killed coordinator: its connection ends with the transaction open.
        const [session] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await store.admin.$queryRaw`SELECT pg_terminate_backend(${session?.pid ?? 0}::integer, 5000)`;
      },
    });
    await expect(subscription.advance()).rejects.toThrow();
    expect(await projected()).toEqual([]);
    while ((await subscription.advance()) > 0);
    expect((await projected()).sort()).toEqual((await everything()).sort());
  });
});

describe('two subscriptions of one name', () => {
  it('never both advance: the second finds no turn while the first is at work', async () => {
    await publish(4);
    const [entered, release] = [latch(), latch()];
    const first = subscribe({
      handle: async (tx, events) => {
        await project(tx, events);
        entered.open();
        await release.opened;
      },
    });
    const second = subscribe();
    const pass = first.advance();
    await entered.opened;
    expect(await second.advance()).toBe(0);
    release.open();
    const applied = await pass;
    expect(applied).toBeGreaterThanOrEqual(4);
    expect(await second.advance()).toBe(0);
    expect(second.position).toEqual(first.position);
  });

  it('share the work without a loss or a repeat', async () => {
    const both = [subscribe({ batchSize: 2, idleMs: 1 }), subscribe({ batchSize: 2, idleMs: 1 })];
    for (const one of both) one.start();
    await Promise.all(Array.from({ length: 10 }, () => publish(3)));
    const all = await everything();
    while ((await projected()).length < all.length);
    await Promise.all(both.map((one) => one.stop()));
    expect((await projected()).sort()).toEqual([...all].sort());
  });
});

describe('a started subscription', () => {
  it('goes on after a failed pass, follows what is appended later, and stops', async () => {
    const errors: unknown[] = [];
    const subscription = subscribe({
      retryMs: 1,
      handle: (tx, events) => (errors.length === 0 ? Promise.reject(new Error('down')) : project(tx, events)),
      onError: (error) => errors.push(error),
    });
    await publish(1);
    subscription.start();
    while ((await subscription.lag()).events > 0);
    expect(errors).toHaveLength(1);

    const [id] = await publish(1);
    while ((await subscription.lag()).events > 0);
    expect(await projected()).toContain(id);

    await subscription.stop();
    await publish(1);
    expect(await subscription.lag()).toEqual({ events: 1 });
  });
});
