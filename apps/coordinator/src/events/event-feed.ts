import { z } from 'zod';
import { type EventView, type FeedPosition, type Page, streamNameSchema } from '#contracts';
import { type FeedEvent, feedStart, onDisk, type PrismaClient, readFeed, readStreamAsItIs } from '#event-store';

/** No leading zeros: PostgreSQL reads an xid8 that begins with one as octal. */
const positionPattern = /^(0|[1-9]\d{0,18}):(0|[1-9]\d{0,17})$/;

export const eventQuerySchema = z.strictObject({
  /** Place after which to read: an event's `at` as `xid:position`, or `nextCursor` of the page before. */
  after: z
    .string()
    .regex(positionPattern, 'must be xid:position of an event; leave it out to start at the first event')
    .optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  /** Only the events of one stream, for example `job-<id>`. */
  stream: streamNameSchema.optional(),
});
export type EventQuery = z.infer<typeof eventQuerySchema>;

/** One that this release can't read is shown as it is stored. */
export function eventView({ type, data, meta }: FeedEvent): EventView {
  const { eventId, stream, version, at, correlationId, causationId, actor, occurredAt, recordedAt } = meta;
  return {
    eventId,
    stream,
    version,
    type,
    data,
    at,
    correlationId,
    causationId,
    actor,
    occurredAt: occurredAt.toISOString(),
    recordedAt: recordedAt.toISOString(),
  };
}

function positionOf(text: string | undefined): FeedPosition {
  const [, xid, position] = positionPattern.exec(text ?? '') ?? [];
  return xid === undefined || position === undefined ? feedStart : { xid, position };
}

function isAfter(at: FeedPosition, place: FeedPosition): boolean {
  const [xid, placeXid] = [BigInt(at.xid), BigInt(place.xid)];
  return xid > placeXid || (xid === placeXid && BigInt(at.position) > BigInt(place.position));
}

/** A page of the global feed, or of one stream. A stream holds one run's batches at most, so that it is read whole. */
export async function eventPage(db: PrismaClient, query: EventQuery): Promise<Page<EventView>> {
  const after = positionOf(query.after);
  const events =
    query.stream === undefined
      ? await readFeed(db, after, query.limit)
      : (await readStreamAsItIs(db, query.stream)).filter(({ meta }) => isAfter(meta.at, after)).slice(0, query.limit);
  // A cursor that a crash gave to other events would skip them.
  if (events.length > 0) await onDisk(db);
  const last = events.at(-1);
  const more = events.length === query.limit && last !== undefined;
  return { items: events.map(eventView), nextCursor: more ? `${last.meta.at.xid}:${last.meta.at.position}` : null };
}
