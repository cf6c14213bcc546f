import type { Cause } from '#contracts';
import { AppendConflictError, type NewEvent, rowOf, WrongExpectedVersionError } from './append.js';
import type { PrismaClient } from './prisma.js';

/** What is to be appended to one stream, all or none of it. */
export interface Decision {
  stream: string;
  /** The version that the stream must have; 0 for a new one. */
  expectedVersion: number;
  events: readonly NewEvent[];
  cause: Cause;
}

/** The stream's version after the append, as `append` returns it, or why it was refused. */
export type Outcome = { version: number } | { refused: Error };

type Reply = { version: number } | { code: string; message: string; detail: string };

/** Decisions of one call: some 20 ms, after which another may have the connection. */
const atOnce = 200;

function refusalOf({ stream, expectedVersion }: Decision, reply: Exclude<Reply, { version: number }>): Error {
  const { code, message, detail } = reply;
  if (code === 'XF001') return new WrongExpectedVersionError(stream, expectedVersion, Number(detail));
  if (code === 'XF002') return new AppendConflictError(message);
  return Object.assign(new Error(message), { cause: { originalCode: code, originalMessage: message, detail } });
}

async function call(
  db: PrismaClient,
  decisions: readonly { decision: Decision; rows: object[] }[],
): Promise<Outcome[]> {
  if (decisions.length === 0) return [];
  const asked = decisions.map(({ decision: { stream, expectedVersion }, rows }) => ({
    ...{ stream, expected: expectedVersion, events: rows },
  }));
  const [answer] = await db.$queryRaw<
    { p_outcomes: Reply[] }[]
  >`CALL append_many(${JSON.stringify(asked)}::jsonb, NULL)`;
  return decisions.map(({ decision }, index) => {
    const reply = answer?.p_outcomes[index];
    if (reply === undefined) throw new Error('the store returned no outcome');
    return 'version' in reply ? reply : { refused: refusalOf(decision, reply) };
  });
}

/**
 * Appends many decisions, each by itself: with its own expected version, its own event ids and its own refusal. About
 * twenty times as many a second as one after another, because they share round trips and flushes; when it returns, all
 * are on disk (prisma/migrations/20261126002000_append_many).
 *
 * Without sample batches: those travel with `append`, each payload as a parameter of its own.
 *
 * @returns an outcome for each decision, in their order. Data that do not fit their schema are a refusal (ZodError).
 * @throws what the database throws when it can't go on. What was decided before that stays, and may be decided again
 *   under the same event ids.
 */
export async function appendMany(db: PrismaClient, decisions: readonly Decision[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let from = 0; from < decisions.length; from += atOnce) {
    const prepared = decisions.slice(from, from + atOnce).map((decision) => {
      try {
        if (decision.events.some(({ payload }) => payload !== undefined))
          throw new Error('appendMany takes no sample batches');
        return { decision, rows: decision.events.map((event) => rowOf(event, decision.cause)) };
      } catch (error) {
        return { refused: error as Error };
      }
    });
    const stored = await call(
      db,
      prepared.flatMap(({ decision, rows }) => (decision && rows ? [{ decision, rows }] : [])),
    );
    for (const one of prepared) outcomes.push(one.refused ? { refused: one.refused } : (stored.shift() as Outcome));
  }
  return outcomes;
}
