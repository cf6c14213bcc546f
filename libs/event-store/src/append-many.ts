import type { Cause } from '#contracts';
import { tracedEach } from '#tracing';
import { appendStep } from './append-step.js';
import { AppendConflictError, type NewEvent, rowOf, WrongExpectedVersionError } from './append.js';
import { Prisma, type PrismaClient, rowsOf } from './prisma.js';

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

export type Reply = { version: number } | { code: string; message: string; detail: string };

/** Decisions of one call: some 20 ms, after which another may have the connection. */
const atOnce = 500;

function refusalOf({ stream, expectedVersion }: Asked, reply: Exclude<Reply, { version: number }>): Error {
  const { code, message, detail } = reply;
  if (code === 'XF001') return new WrongExpectedVersionError(stream, expectedVersion, Number(detail));
  if (code === 'XF002') return new AppendConflictError(message);
  return Object.assign(new Error(message), { cause: { originalCode: code, originalMessage: message, detail } });
}

type Asked = Pick<Decision, 'stream' | 'expectedVersion'>;

/** What the database replied to a decision. */
export function outcomeOf(asked: Asked, reply: Reply | undefined): Outcome {
  if (reply === undefined) throw new Error('the store returned no outcome');
  return 'version' in reply ? reply : { refused: refusalOf(asked, reply) };
}

const refusal = (outcome: Outcome | undefined): Error | undefined =>
  outcome !== undefined && 'refused' in outcome ? outcome.refused : undefined;

async function call(
  db: PrismaClient,
  decisions: readonly { decision: Decision; rows: object[] }[],
): Promise<Outcome[]> {
  if (decisions.length === 0) return [];
  const asked = decisions.map(({ decision: { stream, expectedVersion }, rows }) => ({
    ...{ stream, expected: expectedVersion, events: rows },
  }));
  const statement = Prisma.sql`CALL append_many(${JSON.stringify(asked)}::jsonb, NULL)`;
  const [answer] = await rowsOf<{ p_outcomes: Reply[] }>(db, statement);
  return decisions.map(({ decision }, index) => outcomeOf(decision, answer?.p_outcomes[index]));
}

/**
 * Appends many decisions, each by itself: with its own expected version, its own event ids and its own refusal. Many
 * times as many a second as one after another, because all that nothing speaks against share a statement, a commit and a
 * flush; when it returns, all are on disk (prisma/migrations/20261127010000_append_together).
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
    const asked = prepared.flatMap(({ decision, rows }) => (decision && rows ? [{ decision, rows }] : []));
    const stored = await tracedEach(
      asked,
      ({ decision: { stream, events, cause } }) => appendStep(stream, events, cause),
      () => call(db, asked),
      refusal,
    );
    for (const one of prepared) outcomes.push(one.refused ? { refused: one.refused } : (stored.shift() as Outcome));
  }
  return outcomes;
}
