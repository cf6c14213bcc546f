import type { Cause } from '#contracts';
import { type Outcome, type Reply, outcomeOf } from './append-many.js';
import { appendThrough, type NewEvent, type Payload, rowOf } from './append.js';
import { gathered } from '#gathered';
import { traced } from '#tracing';
import { appendStep } from './append-step.js';
import { Prisma, type PrismaClient, rowsOf } from './prisma.js';

/** One append of a worker, its rows checked. */
interface WorkerAppend {
  stream: string;
  expectedVersion: number;
  rows: readonly object[];
  payloads: readonly (Payload | undefined)[];
}

function appendOne(
  db: PrismaClient,
  token: string,
  { stream, expectedVersion, rows, payloads }: WorkerAppend,
  sentAt: Date,
): Promise<number> {
  const sent = rows.map((row) => ({ ...row, sentAt }));
  return appendThrough(Prisma.sql`worker_append(${token}, `, db, stream, expectedVersion, sent, payloads);
}

const appendOf = (
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  cause: Cause,
): WorkerAppend => ({
  ...{ stream, expectedVersion },
  rows: events.map((event) => rowOf(event, cause)),
  payloads: events.map(({ payload }) => payload),
});

/**
 * Appends for a worker, which shows its token. The database sets the actor, and takes only what a worker may write to
 * the runs of its own hosts (prisma/migrations/20261130030040_worker_appends_together).
 *
 * @param sentAt now, by the clock that the events' `occurredAt` are of: how far it is off is made good by that.
 * @returns and throws what `append` does.
 */
export async function appendAsWorker(
  db: PrismaClient,
  token: string,
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  cause: Cause,
  sentAt = new Date(),
): Promise<number> {
  return appendOne(db, token, appendOf(stream, expectedVersion, events, cause), sentAt);
}

const partsOf = ({ samples, raw }: Payload): Uint8Array[] => [samples, raw];

/** Several in one call, each of which is stored or refused by itself (prisma/migrations/20261130030040_worker_appends_together). */
async function appendManyAsWorker(
  db: PrismaClient,
  token: string,
  appends: readonly WorkerAppend[],
  sentAt: Date,
): Promise<Outcome[]> {
  const asked = appends.map(({ stream, expectedVersion, rows, payloads }) => ({
    ...{ stream, expected: expectedVersion, events: rows.map((row) => ({ ...row, sentAt })) },
    sizes: payloads.map((payload) => (payload ? partsOf(payload).map(({ length }) => length) : null)),
  }));
  // One parameter for all of them, so that it is always the same statement, which is prepared.
  const parts = appends.flatMap(({ payloads }) => payloads.flatMap((payload) => (payload ? partsOf(payload) : [])));
  const statement = Prisma.sql`
    CALL worker_append_many(${token}, ${JSON.stringify(asked)}::jsonb, ${Buffer.concat(parts)}::bytea, NULL)`;
  const [answer] = await rowsOf<{ p_outcomes: Reply[] }>(db, statement);
  return appends.map((append, index) => outcomeOf(append, answer?.p_outcomes[index]));
}

/**
 * `appendAsWorker` for a worker many of whose runs append at the same time: those share calls, and so round trips and
 * flushes, but each is refused by itself and returns when it is on disk.
 *
 * @param now the clock that the events' `occurredAt` are of.
 */
export function appendingAsWorker(db: PrismaClient, token: string, now: () => Date) {
  const append = gathered<WorkerAppend, Outcome>(async (appends) => {
    const [first] = appends;
    if (first === undefined || appends.length > 1) return appendManyAsWorker(db, token, appends, now());
    return [{ version: await appendOne(db, token, first, now()) }];
  });
  return async (
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
    cause: Cause,
  ): Promise<number> => {
    const asked = appendOf(stream, expectedVersion, events, cause);
    return traced(
      () => appendStep(stream, events, cause),
      async () => {
        const outcome = await append(asked);
        if ('refused' in outcome) throw outcome.refused;
        return outcome.version;
      },
    );
  };
}
