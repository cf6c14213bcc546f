import { bootStateStream, type Cause, currentVersion, type DomainEvent, type EventData, storedData } from '#contracts';
import { traced } from '#tracing';
import { appendStep } from './append-step.js';
import { newId } from './ids.js';
import { sqlError } from './sql-error.js';
import { Prisma, type PrismaClient, rowsOf, type Transaction } from './prisma.js';

/** Packed samples (libs/samples) and the deflated kernel-log bytes that they were read from. */
export interface Payload {
  samples: Uint8Array;
  raw: Uint8Array;
}

/** An event to append. The id is drawn when none is given; give it one where the append may be tried again. */
export interface NewEvent {
  event: DomainEvent;
  eventId?: string;
  /**
   * When it happened; left out, when it is recorded. A time to come is taken for now. For a worker it is by its own clock,
   * and bounded by the database.
   */
  occurredAt?: Date;
  /** Stored beside a CrossingSamplesRecorded. */
  payload?: Payload;
}

/** The stream has moved on: whoever appends must read it again and decide again. */
export class WrongExpectedVersionError extends Error {
  override readonly name = 'WrongExpectedVersionError';

  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`stream ${stream} is at version ${actual}, not ${expected}; read it again and decide again`);
  }
}

/** Some, but not all, of the events were stored before: a mistake of the caller. */
export class AppendConflictError extends Error {
  override readonly name = 'AppendConflictError';
}

/**
 * Appends events to one stream, all or none, in one round trip. The same event ids again change nothing.
 *
 * @param expectedVersion the version that the stream must have; 0 for a new one.
 * @returns the stream's version after the append (after the first append, when this one repeats it).
 * @throws WrongExpectedVersionError, AppendConflictError, ZodError for data that do not fit their schema: once stored,
 *   they could not be read again, and would stop every reader of the feed.
 */
export async function append(
  db: PrismaClient | Transaction,
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  cause: Cause,
): Promise<number> {
  const rows = events.map((event) => rowOf(event, cause));
  const payloads = events.map(({ payload }) => payload);
  return traced(
    () => appendStep(stream, events, cause),
    () => appendThrough(Prisma.sql`append_events(`, db, stream, expectedVersion, rows, payloads),
  );
}

/**
 * Stores a worker's boot state in its stream, unless it stands there. It is brought for a run that was queued to one of the
 * worker's hosts, whose RunStarted then names it.
 *
 * @throws an error with SQL state 23514 when the hash is not the boot state's, 42501 when the run is not this worker's.
 */
export async function observeBootStateAsWorker(
  db: PrismaClient,
  token: string,
  runStream: string,
  data: EventData<'BootStateObserved'>,
  cause: Cause,
): Promise<void> {
  const event: NewEvent = { event: { type: 'BootStateObserved', data } };
  const row = JSON.stringify(rowOf(event, cause));
  await traced(
    () => appendStep(bootStateStream(data.bootStateHash), [event], cause),
    () => db.$executeRaw`SELECT worker_observe_boot_state(${token}, ${runStream}, ${row}::jsonb)`,
  );
}

/** Has a function of the database append rows (`rowOf`) and what came with their events. */
export async function appendThrough(
  call: Prisma.Sql,
  db: PrismaClient | Transaction,
  stream: string,
  expectedVersion: number,
  rows: readonly object[],
  payloads: readonly (Payload | undefined)[],
): Promise<number> {
  const samples = payloadArray(payloads.map((payload) => payload?.samples));
  const raw = payloadArray(payloads.map((payload) => payload?.raw));
  const text = JSON.stringify(rows);
  const asked = Prisma.sql`
    SELECT ${call}${stream}, ${expectedVersion}::integer, ${text}::jsonb, ${samples}, ${raw}) AS version`;
  return stored(stream, expectedVersion, () => rowsOf<{ version: number }>(db, asked));
}

/**
 * Appends one RunRederived together with the packed samples (libs/samples) of the new reading, in one round trip. The
 * same event id again changes nothing. Anything but one RunRederived is an AppendConflictError.
 *
 * @returns and throws what `append` does.
 */
export async function appendRederivation(
  db: PrismaClient | Transaction,
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  samples: readonly Uint8Array[],
  cause: Cause,
): Promise<number> {
  const rows = JSON.stringify(events.map((event) => rowOf(event, cause)));
  const ask = () => db.$queryRaw<{ version: number }[]>`
    SELECT append_rederivation(${stream}, ${expectedVersion}::integer, ${rows}::jsonb, ${payloadArray(samples)}) AS version`;
  return traced(
    () => appendStep(stream, events, cause),
    () => stored(stream, expectedVersion, ask),
  );
}

/** An event as `append_events` and `worker_append` take it. @throws ZodError for data that do not fit their schema */
export function rowOf({ event, eventId, occurredAt }: NewEvent, cause: Cause & { sentAt?: Date }): object {
  return {
    eventId: eventId ?? newId(),
    type: event.type,
    schemaVersion: currentVersion(event.type),
    data: storedData(event),
    occurredAt,
    ...cause,
  };
}

/** Asks the store to append, and gives its refusals their names. */
export async function stored(
  stream: string,
  expectedVersion: number,
  ask: () => Promise<{ version: number }[]>,
): Promise<number> {
  try {
    const [reply] = await ask();
    if (!reply) throw new Error('the store returned no version');
    return reply.version;
  } catch (error) {
    const { code, message, detail } = sqlError(error);
    if (code === 'XF001') throw new WrongExpectedVersionError(stream, expectedVersion, Number(detail));
    if (code === 'XF002') throw new AppendConflictError(message);
    throw error;
  }
}

/** Each payload is a parameter of its own: an array of bytea would travel as hexadecimal text, twice the size. */
export function payloadArray(payloads: readonly (Uint8Array | undefined)[]): Prisma.Sql {
  if (payloads.every((payload) => payload === undefined)) return Prisma.sql`'{}'::bytea[]`;
  const parts = payloads.map((p) => (p === undefined ? Prisma.sql`NULL::bytea` : Prisma.sql`${p}::bytea`));
  return Prisma.sql`ARRAY[${Prisma.join(parts)}]`;
}
