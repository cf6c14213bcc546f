import * as z from 'zod';

/** Who and what caused an event. `causationId` is the event or request that led to it, null at the origin. */
export const causeSchema = z.object({
  correlationId: z.uuid(),
  causationId: z.uuid().nullable(),
  /** For example `key:local`, `worker:w1`, `coordinator:reconciler`. */
  actor: z.string().min(1).max(200),
});
export type Cause = z.infer<typeof causeSchema>;

/** Place in the global feed: the transaction that appended the event, then the serial within. Decimal strings. */
export const feedPositionSchema = z.object({ xid: z.string().regex(/^\d+$/), position: z.string().regex(/^\d+$/) });
export type FeedPosition = z.infer<typeof feedPositionSchema>;

/** What the store adds to an event. */
export interface EventMeta extends Cause {
  eventId: string;
  stream: string;
  /** 1-based place in its stream. */
  version: number;
  at: FeedPosition;
  /** When the event was appended, by PostgreSQL's clock: for leases, order, lag and whatever else must not be argued with. */
  recordedAt: Date;
  /**
   * When it happened, for people and for figures over time. Never after `recordedAt`; the same unless whoever appended it
   * said otherwise. A worker's is bounded by the database (prisma/migrations/20261126001110_occurred_at).
   */
  occurredAt: Date;
}
