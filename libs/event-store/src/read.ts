import { type EventMeta, type FeedPosition, readEvent, type RecordedEvent, type Upcasters } from '#contracts';
import { gathered } from '#gathered';
import { jsonRowsOf, Prisma, type PrismaClient, rowsOf, type Transaction } from './prisma.js';

interface EventRow {
  event_id: string;
  stream: string;
  version: number;
  type: string;
  schema_version: number;
  data: unknown;
  correlation_id: string;
  causation_id: string | null;
  actor: string;
  recorded_at: Date | string;
  occurred_at: Date | string;
  xid: string;
  position: string;
}

/** xid8 and bigint travel as text: Prisma can't read the first, and JSON can't carry the second. */
const columns = Prisma.sql`event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor,
  recorded_at, coalesce(occurred_at, recorded_at) AS occurred_at, xid::text AS xid, position::text AS position`;

/** An event whose type, version or data this release can't read, with its data as they are stored. */
export interface UnreadableEvent {
  type: string;
  data: unknown;
  meta: EventMeta;
  /** Why it can't be read. */
  error: unknown;
}
export type FeedEvent = RecordedEvent | UnreadableEvent;

export function isReadable(event: FeedEvent): event is RecordedEvent {
  return !('error' in event);
}

function metaOf(row: EventRow): EventMeta {
  return {
    eventId: row.event_id,
    stream: row.stream,
    version: row.version,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    actor: row.actor,
    recordedAt: new Date(row.recorded_at),
    occurredAt: new Date(row.occurred_at),
    at: { xid: row.xid, position: row.position },
  };
}

function recorded(row: EventRow, steps?: Upcasters): RecordedEvent {
  return { ...readEvent(row.type, row.schema_version, row.data, steps), meta: metaOf(row) };
}

function readableOrNot(row: EventRow): FeedEvent {
  try {
    return recorded(row);
  } catch (error) {
    return { type: row.type, data: row.data, meta: metaOf(row), error };
  }
}

/** Before the first event. */
export const feedStart: FeedPosition = { xid: '0', position: '0' };
/** Behind any event. */
const feedEnd: FeedPosition = { xid: (2n ** 64n - 1n).toString(), position: (2n ** 63n - 1n).toString() };

/** Whether a place in the feed is another or behind it. */
export function isAtOrPast(at: FeedPosition, goal: FeedPosition): boolean {
  const [xid, goalXid] = [BigInt(at.xid), BigInt(goal.xid)];
  return xid > goalXid || (xid === goalXid && BigInt(at.position) >= BigInt(goal.position));
}

/**
 * The events of one stream from a version on, oldest first; none when the stream does not exist. Old versions of an
 * event's schema come out as the current one (`steps` replaces the release's own upcasters, for tests of them).
 *
 * @throws UnknownEventError, ZodError for an event that this release can't read.
 */
export async function readStream(
  db: PrismaClient | Transaction,
  stream: string,
  fromVersion = 1,
  steps?: Upcasters,
): Promise<RecordedEvent[]> {
  const statement = Prisma.sql`
    SELECT ${columns} FROM events WHERE stream = ${stream} AND version >= ${fromVersion}::integer ORDER BY version`;
  const rows = await rowsOf<EventRow>(db, statement);
  return rows.map((row) => recorded(row, steps));
}

/** The same, but what can't be read is given in its place, not thrown. */
export async function readStreamAsItIs(db: PrismaClient | Transaction, stream: string): Promise<FeedEvent[]> {
  const statement = Prisma.sql`SELECT ${columns} FROM events WHERE stream = ${stream} ORDER BY version`;
  const rows = await rowsOf<EventRow>(db, statement);
  return rows.map(readableOrNot);
}

/** Many streams at once, by name, those that do not exist left out; what can't be read is given in its place. */
export async function readStreamsAsTheyAre(
  db: PrismaClient | Transaction,
  streams: readonly string[],
): Promise<Map<string, FeedEvent[]>> {
  const statement = Prisma.sql`
    SELECT ${columns} FROM events WHERE stream = ANY(${[...streams]}::text[]) ORDER BY stream, version`;
  return byStream(await rowsOf<EventRow>(db, statement));
}

function byStream(rows: readonly EventRow[]): Map<string, FeedEvent[]> {
  const read = new Map<string, FeedEvent[]>();
  for (const row of rows) {
    const events = read.get(row.stream);
    if (events) events.push(readableOrNot(row));
    else read.set(row.stream, [readableOrNot(row)]);
  }
  return read;
}

/**
 * Reads the events of a run for the worker that shows its token; none when the run was not queued to one of its hosts. What
 * many of its runs ask at the same time shares a round trip.
 *
 * The function it gives throws an error with SQL state 42501 when the token is nobody's, and as `readStream`.
 */
export function readingAsWorker(db: PrismaClient, token: string): (stream: string) => Promise<RecordedEvent[]> {
  const read = gathered<string, FeedEvent[]>(async (streams) => {
    const statement = Prisma.sql`
      SELECT ${columns} FROM unnest(${[...new Set(streams)]}::text[]) AS asked (name), worker_read(${token}, asked.name)
       ORDER BY stream, version`;
    const found = byStream(await rowsOf<EventRow>(db, statement));
    return streams.map((stream) => found.get(stream) ?? []);
  });
  return async (stream) =>
    (await read(stream)).map((event) => {
      if (!isReadable(event)) throw event.error;
      return event;
    });
}

/**
 * Stored bytes of a page's data, beyond which it ends early: PostgreSQL makes no text of more than 1 GB, Node.js no string of more than
 * 512 MB, and a thousand events may be as many jobs of 4.5 MB. Data are stored compressed; as JSON they are a few times as many.
 */
const pageBytes = 8 * 2 ** 20;

/** The next events after a place and up to `until`: `limit`, or as many as `pageBytes` take, but one. */
function nextEvents(after: FeedPosition, limit: number, until: FeedPosition, size: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    (SELECT * FROM (
       SELECT *, sum(${size}) OVER (ORDER BY xid, position ROWS UNBOUNDED PRECEDING) - ${size} AS bytes_before
         FROM (SELECT * FROM events
                WHERE (xid, position) > (${after.xid}::text::xid8, ${after.position}::text::bigint)
                  AND (xid, position) <= (${until.xid}::text::xid8, ${until.position}::text::bigint)
                  AND xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY events.xid, events.position LIMIT ${limit}::integer) AS following) AS weighed
      WHERE bytes_before < ${pageBytes}::integer)`;
}

/**
 * The next events of all streams after a place and up to `until`, in feed order, at most `limit`, and fewer where their data are large
 * (`pageBytes`): none only when there are none. One that can't be read is given in its
 * place: one stream must not end the feed for all.
 * Gap-free: it stops short of the oldest transaction still under way, so nothing can appear behind the reader.
 */
export async function readFeed(
  db: PrismaClient | Transaction,
  after: FeedPosition,
  limit: number,
  until: FeedPosition = feedEnd,
): Promise<FeedEvent[]> {
  const rows = await jsonRowsOf<EventRow>(
    db,
    Prisma.sql`
    SELECT ${columns} FROM ${nextEvents(after, limit, until, Prisma.sql`pg_column_size(data)`)} AS page
     ORDER BY page.xid, page.position`,
  );
  return rows.map(readableOrNot);
}

/**
 * The events before a place, newest first, up to `limit` of them; with `types` those of these types among the `looked` newest before it.
 * What is still being written is left out, as in `readFeed`.
 */
export async function readFeedBackwards(
  db: PrismaClient,
  { before = feedEnd, types, limit, looked }: BackwardsQuery,
): Promise<FeedPage> {
  const rows = await db.$queryRaw<(EventRow & { passed: number })[]>`
    SELECT ${columns}, page.passed
      FROM (SELECT *, (count(*) OVER ())::integer AS passed, row_number() OVER (ORDER BY xid DESC, position DESC) AS place
              FROM (SELECT * FROM events
                     WHERE (xid, position) < (${before.xid}::text::xid8, ${before.position}::text::bigint)
                       AND xid < pg_snapshot_xmin(pg_current_snapshot())
                     ORDER BY events.xid DESC, events.position DESC LIMIT ${types === null ? limit : looked}::integer) AS next) AS page
     WHERE ${types === null}::boolean OR type = ANY(${[...(types ?? [])]}::text[]) OR place = page.passed
     ORDER BY page.xid DESC, page.position DESC LIMIT ${limit + 1}::integer`;
  const wanted = rows.filter(({ type }) => types === null || types.includes(type)).slice(0, limit);
  const last = wanted.length === limit ? wanted.at(-1) : rows.at(-1);
  return {
    events: wanted.map(readableOrNot),
    last: last && { xid: last.xid, position: last.position },
    passed: rows[0]?.passed ?? 0,
  };
}

export interface BackwardsQuery {
  /** Left out: from the newest. */
  before?: FeedPosition;
  /** Null for all. */
  types: readonly string[] | null;
  limit: number;
  /** Events of all types that are looked through for those of `types`. */
  looked: number;
}

/** The next events of some types, and how far they were looked for. */
export interface FeedPage {
  events: FeedEvent[];
  /** Where the page ends, and how many events of all types are on it. Nothing is left out up to there. */
  last: FeedPosition | undefined;
  passed: number;
}

/** The same, but of the next `limit` events only those of some types: who heeds few of them need not fetch and read all. */
export async function readFeedOf(
  db: PrismaClient | Transaction,
  types: readonly string[],
  after: FeedPosition,
  limit: number,
  until: FeedPosition = feedEnd,
): Promise<FeedPage> {
  const wantedTypes = Prisma.sql`${[...types]}::text[]`;
  const sizeOfWanted = Prisma.sql`CASE WHEN type = ANY(${wantedTypes}) THEN pg_column_size(data) ELSE 0 END`;
  const rows = await jsonRowsOf<EventRow & { passed: number }>(
    db,
    Prisma.sql`
    SELECT ${columns}, page.passed
      FROM (SELECT *, (count(*) OVER ())::integer AS passed, row_number() OVER (ORDER BY xid, position) AS place
              FROM ${nextEvents(after, limit, until, sizeOfWanted)} AS next) AS page
     WHERE type = ANY(${wantedTypes}) OR place = page.passed
     ORDER BY page.xid, page.position`,
  );
  const wanted = rows.filter(({ type }) => types.includes(type));
  const last = rows.at(-1);
  return {
    events: wanted.map(readableOrNot),
    last: last && { xid: last.xid, position: last.position },
    passed: last?.passed ?? 0,
  };
}

/** One stored batch: packed samples (libs/samples) and the deflated kernel-log bytes that they were read from. */
export interface StoredBatch {
  batch: number;
  samples: Uint8Array;
  raw: Uint8Array;
}

/** The batches of one attempt in order, fetched one by one, so that memory stays flat however long the run was. */
export async function* readSampleBatches(
  db: PrismaClient | Transaction,
  runId: string,
  attempt: number,
): AsyncGenerator<StoredBatch> {
  for (let batch = 0; ; batch += 1) {
    const [row] = await db.$queryRaw<StoredBatch[]>`
      SELECT batch, samples, raw FROM sample_batches
       WHERE run_id = ${runId}::uuid AND attempt = ${attempt}::integer AND batch = ${batch}::integer`;
    if (!row) return;
    yield row;
  }
}

/** Where the samples of an attempt that count stand. */
export interface SamplesPlace {
  runId: string;
  attempt: number;
  /** Parser version whose re-derived batches they are; null: as the worker's parser read them. */
  samplesVersion: number | null;
}

/** The packed samples of one attempt that count, in order, fetched batch by batch. */
export async function* readSamples(
  db: PrismaClient | Transaction,
  { runId, attempt, samplesVersion }: SamplesPlace,
): AsyncGenerator<Uint8Array> {
  if (samplesVersion === null) {
    for await (const { samples } of readSampleBatches(db, runId, attempt)) yield samples;
    return;
  }
  for (let batch = 0; ; batch += 1) {
    const [row] = await db.$queryRaw<{ samples: Uint8Array }[]>`
      SELECT samples FROM rederived_batches
       WHERE run_id = ${runId}::uuid AND attempt = ${attempt}::integer
         AND parser_version = ${samplesVersion}::integer AND batch = ${batch}::integer`;
    if (!row) return;
    yield row.samples;
  }
}

/**
 * The packed samples that count of many attempts, in order, in two queries: for runs so small that all of it fits into
 * memory. As with `readSamples`, what stands behind a missing batch is left out.
 */
export async function readSamplesOfMany(
  db: PrismaClient | Transaction,
  places: readonly SamplesPlace[],
): Promise<Map<string, Uint8Array[]>> {
  const samples = new Map<string, Uint8Array[]>(places.map(({ runId }) => [runId, []]));
  type Row = { runId: string; batch: number; samples: string };
  // As text: of bytes Prisma's engine makes text and bytes again, 209 us of CPU for 25 kB instead of 123 (load 25).
  const samplesAsText = Prisma.sql`encode(samples, 'base64') AS samples`;
  const asRead = places.filter(({ samplesVersion }) => samplesVersion === null);
  const again = places.filter(({ samplesVersion }) => samplesVersion !== null);
  const columnsOf = (of: readonly SamplesPlace[]) => Prisma.sql`unnest(
    ${of.map(({ runId }) => runId)}::uuid[], ${of.map(({ attempt }) => attempt)}::integer[],
    ${of.map(({ samplesVersion }) => samplesVersion ?? 0)}::integer[]) AS place (run_id, attempt, parser_version)`;
  const rows = [
    ...(asRead.length === 0
      ? []
      : await db.$queryRaw<Row[]>`
          SELECT run_id AS "runId", batch, ${samplesAsText} FROM ${columnsOf(asRead)} JOIN sample_batches USING (run_id, attempt)
           ORDER BY run_id, batch`),
    ...(again.length === 0
      ? []
      : await db.$queryRaw<Row[]>`
          SELECT run_id AS "runId", batch, ${samplesAsText}
            FROM ${columnsOf(again)} JOIN rederived_batches USING (run_id, attempt, parser_version) ORDER BY run_id, batch`),
  ];
  for (const { runId, batch, samples: packed } of rows) {
    const ofRun = samples.get(runId);
    if (ofRun?.length === batch) ofRun.push(Buffer.from(packed, 'base64'));
  }
  return samples;
}
