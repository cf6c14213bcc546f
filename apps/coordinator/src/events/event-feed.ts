import * as z from 'zod';
import { type EventView, eventSchemas, type FeedPosition, type Page, streamNameSchema } from '#contracts';
import {
  type FeedEvent,
  type FeedPage,
  feedStart,
  onDisk,
  type PrismaClient,
  readFeed,
  readFeedBackwards,
  readFeedOf,
  readStreamAsItIs,
} from '#event-store';
import { nearest } from '../selectors/nearest.js';

/** No leading zeros: PostgreSQL reads an xid8 that begins with one as octal. */
const positionPattern = /^(0|[1-9]\d{0,18}):(0|[1-9]\d{0,17})$/;

/** Events that one page looks through for those of some types, so that rare ones do not read the whole history at once. */
const lookedThrough = 10_000;

const eventTypes = Object.keys(eventSchemas);

const typesSchema = z
  .string()
  .max(500)
  .transform((text, context): string[] => {
    const types = text.split(',').map((type) => type.trim());
    const unknown = types.find((type) => !eventTypes.includes(type));
    if (unknown === undefined) return types;
    const near = nearest(unknown, eventTypes);
    const known = near.length === 0 ? `there are ${eventTypes.join(', ')}` : `perhaps ${near.join(' or ')}`;
    const message = `"${unknown}" is no type of event; ${known}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .describe(`types, separated by commas: ${eventTypes.join(', ')}`);

export const eventQuerySchema = z.strictObject({
  /** Place after which to read, in the order asked for: an event's `at` as `xid:position`, or `nextCursor` of the page before. */
  after: z
    .string()
    .regex(positionPattern, 'must be xid:position of an event; leave it out to start at the first event')
    .optional()
    .describe('place to go on from: xid:position of an event, or nextCursor of the page before'),
  order: z.enum(['oldest', 'newest']).default('oldest').describe('which come first'),
  type: typesSchema.optional(),
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

/** Of one stream, which holds one run's batches at most, so that it is read whole. */
async function pageOfStream(db: PrismaClient, stream: string, query: EventQuery): Promise<FeedPage> {
  const oldestFirst = query.order === 'oldest';
  const all = await readStreamAsItIs(db, stream);
  const place = query.after === undefined ? null : positionOf(query.after);
  const beyond = all.filter(
    ({ type, meta }) =>
      (place === null || (oldestFirst ? isAfter(meta.at, place) : isAfter(place, meta.at))) &&
      (query.type?.includes(type) ?? true),
  );
  const events = (oldestFirst ? beyond : beyond.reverse()).slice(0, query.limit);
  return { events, last: events.at(-1)?.meta.at, passed: beyond.length };
}

async function pageOfFeed(db: PrismaClient, { after, order, type, limit }: EventQuery): Promise<FeedPage> {
  if (order === 'newest') {
    const from = after === undefined ? {} : { before: positionOf(after) };
    return readFeedBackwards(db, { ...from, types: type ?? null, limit, looked: lookedThrough });
  }
  if (type !== undefined) return readFeedOf(db, type, positionOf(after), limit);
  const events = await readFeed(db, positionOf(after), limit);
  return { events, last: events.at(-1)?.meta.at, passed: events.length };
}

/** A page of the global feed, or of one stream. With types it may have few or no events, and a next page all the same. */
export async function eventPage(db: PrismaClient, query: EventQuery): Promise<Page<EventView>> {
  const { events, last, passed } =
    query.stream === undefined ? await pageOfFeed(db, query) : await pageOfStream(db, query.stream, query);
  // A cursor that a crash gave to other events would skip them.
  if (last !== undefined) await onDisk(db);
  const asked =
    query.stream === undefined && query.order === 'newest' && query.type !== undefined ? lookedThrough : query.limit;
  const more = last !== undefined && (events.length === query.limit || passed >= asked);
  return { items: events.map(eventView), nextCursor: more ? `${last.xid}:${last.position}` : null };
}
