import type { PrismaClient } from './prisma.js';

/** The database was restored into a cluster that counts its transactions from the start. */
export class FeedOrderError extends Error {
  override readonly name = 'FeedOrderError';
}

/**
 * Refuses a database whose events carry transaction ids that this cluster has yet to give out: new events would sort
 * before the restored ones, and subscriptions would never see them. For service start-up.
 *
 * @throws FeedOrderError
 */
export async function assertFeedInOrder(db: PrismaClient): Promise<void> {
  const [row] = await db.$queryRaw<{ restored: boolean }[]>`
    SELECT EXISTS (SELECT FROM events WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())) AS restored`;
  if (row?.restored) {
    throw new FeedOrderError(
      'the events were restored from a dump into a cluster with younger transaction ids, so that new events would be ' +
        'lost to subscribers; rebase them first as libs/event-store/README.md says',
    );
  }
}
