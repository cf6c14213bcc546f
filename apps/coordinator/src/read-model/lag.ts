import type { PrismaClient } from '#event-store';

export interface Lag {
  /** Committed events behind the checkpoint. */
  events: number;
  /** How long the oldest of them has waited, ms. */
  oldestMs: number;
}

export async function lagOf(db: PrismaClient, subscription: string): Promise<Lag> {
  const [row] = await db.$queryRaw<{ events: number; oldest_ms: number }[]>`
    SELECT count(*)::integer AS events,
           coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)) * 1000, 0)::float8 AS oldest_ms
      FROM events
     WHERE (xid, position) > (SELECT coalesce(max(xid), '0')::xid8, coalesce(max(position), 0)
                                FROM checkpoints WHERE subscription = ${subscription})`;
  return { events: row?.events ?? 0, oldestMs: row?.oldest_ms ?? 0 };
}
