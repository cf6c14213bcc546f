import type { PrismaClient } from './prisma.js';

/** The events and what was made of them do not belong together: the database was restored in part, or into a younger cluster. */
export class FeedOrderError extends Error {
  override readonly name = 'FeedOrderError';
}

interface Standing {
  restored: boolean;
  /** Of a checkpoint behind the last event. */
  ahead: string | null;
}

/**
 * Refuses a database in which subscriptions would miss events: its events carry transaction ids that this cluster has yet to give out,
 * so that new ones would sort before them, or a checkpoint is past the last event. For service start-up.
 *
 * @throws FeedOrderError
 */
export async function assertFeedInOrder(db: PrismaClient): Promise<void> {
  const [row] = await db.$queryRaw<Standing[]>`
    WITH last AS (SELECT xid, position FROM events ORDER BY events.xid DESC, events.position DESC LIMIT 1)
    SELECT EXISTS (SELECT FROM events WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())) AS restored,
           (SELECT min(subscription) FROM checkpoints c
             WHERE (c.xid::xid8, c.position) > (coalesce((SELECT xid FROM last), '0'), coalesce((SELECT position FROM last), 0))) AS ahead`;
  if (row?.restored) {
    throw new FeedOrderError(
      'the events were restored from a dump into a cluster with younger transaction ids, so that new events would be ' +
        'lost to subscribers; rebase them first as docs/operations.md says',
    );
  }
  if (typeof row?.ahead === 'string') {
    throw new FeedOrderError(
      `the checkpoint of ${row.ahead} is past the last event, so that new events would be lost to it: the events are of an earlier ` +
        'time than the rest; restore the whole database, or rebase it as docs/operations.md says',
    );
  }
}
