import type { FeedPosition } from '#contracts';
import type { PrismaClient, Transaction } from './prisma.js';

/**
 * A subscriber that is frozen in the middle of a pass (a stopped process, a suspended machine) loses its turn after so
 * long: PostgreSQL ends its session. A pass computes between its statements for some 3 s at most, the figures of one run
 * of ten million samples; this leaves room for a busy machine.
 */
const frozenAfter = '30s';

/** Makes a subscription's checkpoint, before the first event, if it has none. Must have committed before its turn is taken. */
export async function ensureCheckpoint(db: PrismaClient, subscription: string): Promise<void> {
  await db.$executeRaw`INSERT INTO checkpoints (subscription) VALUES (${subscription}) ON CONFLICT DO NOTHING`;
}

/**
 * Takes a subscription's turn for the length of the transaction, and tells where its checkpoint is; undefined when
 * another has the turn, or when there is no checkpoint.
 *
 * A lock on the checkpoint's row: only who may write checkpoints can take it, where any login can take any advisory
 * lock. It costs a transaction id, which holds the feed's horizon back until the pass ends, so look for news before.
 */
export async function takeTurn(tx: Transaction, subscription: string): Promise<FeedPosition | undefined> {
  const [at] = await tx.$queryRaw<FeedPosition[]>`
    SELECT xid, position::text AS position, set_config('idle_in_transaction_session_timeout', ${frozenAfter}, true)
      FROM checkpoints WHERE subscription = ${subscription} FOR UPDATE SKIP LOCKED`;
  return at && { xid: at.xid, position: at.position };
}

/** The same, but waits while another has the turn. */
export async function waitForTurn(tx: Transaction, subscription: string): Promise<FeedPosition | undefined> {
  const [at] = await tx.$queryRaw<FeedPosition[]>`
    SELECT xid, position::text AS position, set_config('idle_in_transaction_session_timeout', ${frozenAfter}, true)
      FROM checkpoints WHERE subscription = ${subscription} FOR UPDATE`;
  return at && { xid: at.xid, position: at.position };
}

/** Where a subscription is; undefined when it has no checkpoint. */
export async function checkpointAt(
  db: PrismaClient | Transaction,
  subscription: string,
): Promise<FeedPosition | undefined> {
  const [at] = await db.$queryRaw<FeedPosition[]>`
    SELECT xid, position::text AS position FROM checkpoints WHERE subscription = ${subscription}`;
  return at;
}
