import { checkpointAt, feedStart, type PrismaClient } from '#event-store';

export interface Lag {
  /** Committed events behind the checkpoint. */
  events: number;
  /** How long the first of them has waited, ms. */
  oldestMs: number;
}

/**
 * How far a subscription is behind. Its checkpoint is read first: PostgreSQL expects a third of all events behind a place that it does not
 * know yet, and reads the whole table for them (0.6 s for two million).
 */
export async function lagOf(db: PrismaClient, subscription: string): Promise<Lag> {
  const { xid, position } = (await checkpointAt(db, subscription)) ?? feedStart;
  const [row] = await db.$queryRaw<{ events: number; oldest_ms: number | null }[]>`
    SELECT (SELECT count(*)::integer FROM events WHERE (xid, position) > (${xid}::text::xid8, ${position}::text::bigint)) AS events,
           (SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float8 * 1000 FROM events
             WHERE (xid, position) > (${xid}::text::xid8, ${position}::text::bigint)
             ORDER BY xid, position LIMIT 1) AS oldest_ms`;
  return { events: row?.events ?? 0, oldestMs: row?.oldest_ms ?? 0 };
}
