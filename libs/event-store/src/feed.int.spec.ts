import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FeedPosition } from '#contracts';
import { append, assertFeedInOrder, feedStart, FeedOrderError, newId, readFeed, readFeedOf } from './index.js';
import { cancelledAs, cause, latch, newStream, openStore, type StoreUnderTest } from './testing/store-under-test.js';

jest.setTimeout(60_000);

let store: StoreUnderTest;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

/** Polls on and on from where it stands, and remembers what it saw. Both orders run in this very harness. */
interface Reader {
  seen: string[];
  /** One poll; how many events it brought. */
  poll(): Promise<number>;
}

/** The store's own feed. */
function feedReader(from: FeedPosition): Reader {
  let at = from;
  const seen: string[] = [];
  return {
    seen,
    async poll() {
      const events = await readFeed(store.db, at, 50);
      at = events.at(-1)?.meta.at ?? at;
      seen.push(...events.map(({ meta }) => meta.eventId));
      return events.length;
    },
  };
}

/** What one would write first: follow the serial. */
function serialReader(from: FeedPosition): Reader {
  let at = from.position;
  const seen: string[] = [];
  return {
    seen,
    async poll() {
      const rows = await store.db.$queryRaw<{ event_id: string; position: string }[]>`
        SELECT event_id, position::text AS position FROM events
         WHERE position > ${at}::text::bigint ORDER BY events.position LIMIT 50`;
      at = rows.at(-1)?.position ?? at;
      seen.push(...rows.map((row) => row.event_id));
      return rows.length;
    },
  };
}

async function drain(reader: Reader): Promise<void> {
  while ((await reader.poll()) > 0);
}

/** Behind everything in either order, so that each test looks at its own events alone. */
async function endOfFeed(): Promise<FeedPosition> {
  const [row] = await store.db.$queryRaw<FeedPosition[]>`
    SELECT coalesce(max(xid), '0')::text AS xid, coalesce(max(position), 0)::text AS position FROM events`;
  return row ?? feedStart;
}

/** mulberry32: the same pauses and rollbacks in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class RolledBack extends Error {}

/** One writer: appends to a stream of its own, dawdles, then commits or rolls back. Returns what it committed. */
async function write(appends: number, random: () => number): Promise<string[]> {
  const committed: string[] = [];
  const stream = newStream();
  for (let n = 0; n < appends; n += 1) {
    const ids = Array.from({ length: 1 + Math.floor(random() * 3) }, newId);
    const [pauseMs, rollsBack] = [random() * 8, random() < 0.2];
    try {
      await store.db.$transaction(
        async (tx) => {
          await append(tx, stream, committed.length, ids.map(cancelledAs), cause);
          await delay(pauseMs);
          if (rollsBack) throw new RolledBack();
        },
        { maxWait: 30_000, timeout: 30_000 },
      );
      committed.push(...ids);
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
  }
  return committed;
}

/** Appends one event in a transaction that stays open until it is released. */
async function holdOne(): Promise<{ id: string; commit: () => Promise<void> }> {
  const id = newId();
  const [made, release] = [latch(), latch()];
  const done = store.db.$transaction(
    async (tx) => {
      await append(tx, newStream(), 0, [cancelledAs(id)], cause);
      made.open();
      await release.opened;
    },
    { timeout: 60_000 },
  );
  await made.opened;
  return {
    id,
    commit: async () => {
      release.open();
      await done;
    },
  };
}

describe('a page of events with large data', () => {
  it.each([
    ['all', (at: FeedPosition) => readFeed(store.db, at, 50)],
    ['some', async (at: FeedPosition) => (await readFeedOf(store.db, ['JobCancelled'], at, 50)).events],
  ])('ends before it is too large for one text, and the next goes on: of %s types', async (_, page) => {
    const start = await endOfFeed();
    const ids = Array.from({ length: 4 }, newId);
    // Random, so that it is stored about as large as it is.
    const reason = randomBytes(4.5 * 2 ** 20).toString('base64');
    for (const eventId of ids) {
      const data = { jobId: newId(), reason };
      const row = { eventId, type: 'JobCancelled', schemaVersion: 1, data, ...cause };
      await store.db.$queryRaw`
        SELECT append_events(${newStream()}, 0, ${JSON.stringify([row])}::jsonb, '{}'::bytea[], '{}'::bytea[])`;
    }
    await store.horizonPassed();
    const pages: string[][] = [];
    for (let at = start; ;) {
      const events = await page(at);
      const last = events.at(-1);
      if (last === undefined) break;
      pages.push(events.map(({ meta }) => meta.eventId));
      at = last.meta.at;
    }
    expect(pages.flat()).toEqual(ids);
    expect(pages).toHaveLength(2);
  });
});

describe('the feed', () => {
  it('waits for an older transaction, where a plain serial order passes it by for ever', async () => {
    const from = await endOfFeed();
    const [feed, serial] = [feedReader(from), serialReader(from)];
    const held = await holdOne();
    const later = newId();
    await append(store.db, newStream(), 0, [cancelledAs(later)], cause);

    await Promise.all([drain(feed), drain(serial)]);
    expect(feed.seen).toEqual([]);
    expect(serial.seen).toEqual([later]);

    await held.commit();
    await store.horizonPassed();
    await Promise.all([drain(feed), drain(serial)]);
    expect(feed.seen).toEqual([held.id, later]);
    expect(serial.seen).toEqual([later]);
  });

  it('goes by transaction first, also where the serial says otherwise and a page holds one event', async () => {
    let at = await endOfFeed();
    const [older, younger] = [newId(), newId()];
    await store.db.$transaction(async (tx) => {
      // Takes its transaction id here, before the younger one, but its serial only after it.
      await tx.$queryRaw`SELECT pg_current_xact_id()::text`;
      await append(store.db, newStream(), 0, [cancelledAs(younger)], cause);
      await append(tx, newStream(), 0, [cancelledAs(older)], cause);
    });
    await store.horizonPassed();
    const seen: string[] = [];
    for (let page = await readFeed(store.db, at, 1); page[0] !== undefined; page = await readFeed(store.db, at, 1)) {
      seen.push(page[0].meta.eventId);
      at = page[0].meta.at;
    }
    expect(seen).toEqual([older, younger]);
  });

  it('misses nothing and sees nothing twice beside 16 writers with pauses and rollbacks; a serial order misses', async () => {
    const from = await endOfFeed();
    const [feed, serial] = [feedReader(from), serialReader(from)];
    const held = await holdOne();
    let writing = true;
    let heldOpen = true;
    const reading = (async () => {
      while (writing) {
        await Promise.all([feed.poll(), serial.poll()]);
        // As soon as the serial reader has gone past the held event, let that one commit.
        if (heldOpen && serial.seen.length > 0) {
          heldOpen = false;
          await held.commit();
        }
      }
      await store.horizonPassed();
      await Promise.all([drain(feed), drain(serial)]);
    })();
    const batches = await Promise.all(Array.from({ length: 16 }, (_, writer) => write(25, seeded(writer + 1))));
    writing = false;
    await reading;

    const committed = [held.id, ...batches.flat()].sort();
    expect(committed.length).toBeGreaterThan(400);
    expect([...feed.seen].sort()).toEqual(committed);
    const missed = committed.filter((id) => !serial.seen.includes(id));
    expect(missed).toContain(held.id);
    expect(new Set(serial.seen).size + missed.length).toBe(committed.length);
  });

  it('keeps the events of each stream in the order of their versions', async () => {
    const versions = new Map<string, number>();
    let at = feedStart;
    for (
      let events = await readFeed(store.db, at, 100);
      events.length > 0;
      events = await readFeed(store.db, at, 100)
    ) {
      for (const { meta } of events) {
        expect(meta.version).toBe((versions.get(meta.stream) ?? 0) + 1);
        versions.set(meta.stream, meta.version);
      }
      at = events.at(-1)?.meta.at ?? at;
    }
    expect(versions.size).toBeGreaterThan(16);
  });

  it('refuses a store whose events are of an earlier time than what was made of them', async () => {
    const [last] = await store.db.$queryRaw<{ xid: string }[]>`SELECT max(xid::text::bigint)::text AS xid FROM events`;
    const setCheckpoint = (position: string) =>
      store.admin.$executeRaw`
        INSERT INTO checkpoints (subscription, xid, position) VALUES ('of a restore', ${last?.xid}::text::xid8, ${position}::text::bigint)
        ON CONFLICT (subscription) DO UPDATE SET position = excluded.position`;
    await setCheckpoint('1');
    await assertFeedInOrder(store.db);
    await setCheckpoint('9000000000000000000');
    await expect(assertFeedInOrder(store.db)).rejects.toThrow('the checkpoint of of a restore is past the last event');
    await store.admin.$executeRaw`DELETE FROM checkpoints WHERE subscription = 'of a restore'`;
  });

  it('refuses a store restored into a cluster with younger transaction ids', async () => {
    await assertFeedInOrder(store.db);
    await store.admin.$executeRaw`
      INSERT INTO events (event_id, xid, stream, version, type, schema_version, data, correlation_id, actor)
      VALUES (${newId()}::uuid, '9223372036854775807', ${newStream()}, 1, 'JobCancelled', 1, '{}', ${newId()}::uuid, 'dump')`;
    await expect(assertFeedInOrder(store.db)).rejects.toThrow(FeedOrderError);
  });
});
