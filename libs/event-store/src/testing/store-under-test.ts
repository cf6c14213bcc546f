// What the store's specs share: a database of their own, and events to append.
import type { Cause, DomainEvent } from '#contracts';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { createPrisma, deterministicId, newId, type NewEvent, type PrismaClient } from '../index.js';

export const cause: Cause = { correlationId: deterministicId('spec'), causationId: null, actor: 'spec' };

/** The smallest event there is; `reason` tells one from another. */
export const cancelled = (reason: string): DomainEvent => ({
  type: 'JobCancelled',
  data: { jobId: deterministicId('job'), reason },
});

export const cancelledAs = (eventId: string): NewEvent => ({ event: cancelled(eventId), eventId });

/** A batch of an attempt with its payload. */
export const samplesRecorded = (runId: string, batch: number, samples: number[], raw: number[]): NewEvent => ({
  event: {
    type: 'CrossingSamplesRecorded',
    data: {
      ...{ runId, attempt: 1, batch, probe: 'pf', metrics: ['u2k', 'k2u'], cpu: 0, samples: 1, interrupted: 0 },
      ...{ firstSeq: 0, lastSeq: 0, rawFrom: 0, rawTo: raw.length },
    },
  },
  payload: { samples: new Uint8Array(samples), raw: new Uint8Array(raw) },
});

export const newStream = () => `job-${newId()}`;

export interface StoreUnderTest {
  database: FreshDatabase;
  /** As the coordinator. */
  db: PrismaClient;
  /** As the superuser, for looking behind the scenes. */
  admin: PrismaClient;
  /**
   * Waits until nothing older than the newest event is under way. Other test files write in the same cluster, and a
   * transaction in any of its databases holds the feed back (it delays events, it loses none).
   */
  horizonPassed(): Promise<void>;
  close(): Promise<void>;
}

export async function openStore(): Promise<StoreUnderTest> {
  const database = await freshDatabase();
  const db = createPrisma(database.coordinatorUrl, { poolSize: 20 });
  const admin = createPrisma(database.adminUrl, { poolSize: 2 });
  return {
    ...{ database, db, admin },
    horizonPassed: async () => {
      for (;;) {
        const [row] = await db.$queryRaw<{ passed: boolean }[]>`
          SELECT coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) AS passed FROM events`;
        if (row?.passed) return;
      }
    },
    close: async () => {
      await Promise.all([db.$disconnect(), admin.$disconnect()]);
      await database.drop();
    },
  };
}

/** Resolves when so many sessions of this database wait for a lock: looks at the server, does not guess a time. */
export async function untilWaitingForLock(admin: PrismaClient, sessions = 1): Promise<void> {
  for (;;) {
    const [row] = await admin.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::integer AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if ((row?.waiting ?? 0) >= sessions) return;
  }
}

/** A promise that the test resolves by hand. */
export function latch(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
