import type { Cause } from '#contracts';
import { appendMany, type Decision, type Outcome } from './append-many.js';
import { append, type NewEvent } from './append.js';
import { gathered } from '#gathered';
import type { PrismaClient } from './prisma.js';

const appends = new WeakMap<PrismaClient, (decision: Decision) => Promise<Outcome>>();

function appendOf(db: PrismaClient): (decision: Decision) => Promise<Outcome> {
  const known = appends.get(db);
  if (known) return known;
  const together = gathered<Decision, Outcome>(async (decisions) => {
    const [first] = decisions;
    if (first === undefined || decisions.length > 1) return appendMany(db, decisions);
    const { stream, expectedVersion, events, cause } = first;
    return [{ version: await append(db, stream, expectedVersion, events, cause) }];
  });
  appends.set(db, together);
  return together;
}

/**
 * `append` for many at a time: those that come at about the same time share a call of `appendMany`, and so a round trip, a
 * commit and a flush. Each is still refused by itself, and returns when it is on disk. One with sample batches goes alone.
 *
 * @returns and throws what `append` does.
 */
export async function appendTogether(
  db: PrismaClient,
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  cause: Cause,
): Promise<number> {
  if (events.some(({ payload }) => payload !== undefined)) return append(db, stream, expectedVersion, events, cause);
  const outcome = await appendOf(db)({ stream, expectedVersion, events, cause });
  if ('refused' in outcome) throw outcome.refused;
  return outcome.version;
}
