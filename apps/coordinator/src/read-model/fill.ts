import { setTimeout as delay } from 'node:timers/promises';
import type { FeedPosition } from '#contracts';
import {
  checkpointAt,
  createPrisma,
  isAtOrPast,
  type PrismaClient,
  sqlError,
  Subscription,
  type Transaction,
  waitForTurn,
} from '#event-store';
import { checkpointOf, type Projection } from '../projections/projection.js';
import { beginFill } from './begin-fill.js';
import { foldingOf } from './follow.js';
import { fillOf, lockStanding, shadowSchemaOf, standingOf, type Standing } from './standing.js';

/** Readers of the tables wait no longer than this for a swap that waits for another reader. Below deadlock_timeout (1 s). */
const lockTimeout = '300ms';
/**
 * So many passes from the place of the old tables, the rest is left to the swap, for which those stand still: beside
 * writers a fill is never quite done.
 */
const passesLeft = 5;
/** Between tries to swap, and while the feed is held back or another coordinator fills. */
const retryMs = 200;
/** How long the swap may take, with what is left to fold. */
const swapTimeoutMs = 60_000;

export interface FillOptions {
  db: PrismaClient;
  databaseUrl: string;
  signal?: AbortSignal;
  /** Called after each step; for tests that end it there. */
  onStep?: (step: 'begun' | 'passed' | 'swapped') => void | Promise<void>;
}

function stillOurs({ version }: Projection, standing: Standing, read: Standing | undefined): boolean {
  return standing.fillingVersion === version && standing.fillingReadGeneration === (read?.generation ?? null);
}

async function isOurs(tx: Transaction, projection: Projection): Promise<boolean> {
  const read = projection.reads && (await standingOf(tx, projection.reads));
  return stillOurs(projection, await standingOf(tx, projection), read);
}

/** Whether few enough events are between a fill and the tables that it is to replace; null of those that nobody follows. */
async function isNear(db: PrismaClient, projection: Projection): Promise<boolean | null> {
  const few = passesLeft * projection.batchSize;
  const [filled, live] = [fillOf(projection), checkpointOf(projection)];
  const [row] = await db.$queryRaw<{ near: boolean | null }[]>`
    SELECT CASE WHEN EXISTS (SELECT FROM projections WHERE name = ${projection.name} AND version IS NOT NULL)
                 AND EXISTS (SELECT FROM checkpoints WHERE subscription = ${live})
           THEN (SELECT count(*) <= ${few} FROM (
             SELECT FROM events, checkpoints filled, checkpoints live
              WHERE filled.subscription = ${filled} AND live.subscription = ${live}
                AND (events.xid, events.position) > (filled.xid::xid8, filled.position)
                AND (events.xid, events.position) <= (live.xid::xid8, live.position)
              LIMIT ${few + 1}) AS between_them) END AS near`;
  return row?.near ?? null;
}

/** The fill's checkpoint becomes the projection's, and so do the streams that the fill has yet to fold once more. */
async function takeOver(tx: Transaction, projection: Projection): Promise<void> {
  const [filled, live] = [fillOf(projection), checkpointOf(projection)];
  await tx.$executeRaw`DELETE FROM checkpoints WHERE subscription = ${live}`;
  await tx.$executeRaw`UPDATE checkpoints SET subscription = ${live} WHERE subscription = ${filled}`;
  await tx.$executeRaw`DELETE FROM streams_to_refold WHERE subscription = ${live}`;
  await tx.$executeRaw`UPDATE streams_to_refold SET subscription = ${live} WHERE subscription = ${filled}`;
  await tx.$executeRaw`
    UPDATE projections SET version = filling_version, read_generation = filling_read_generation, generation = generation + 1,
           filling_version = NULL, filling_read_generation = NULL, changed_at = clock_timestamp()
     WHERE name = ${projection.name}`;
}

/**
 * The last event that is committed by now, of those from before this transaction: it holds back all later ones itself. Undefined without
 * one. A transaction that began earlier may still hold it back from readers.
 */
async function endOfHistory(tx: Transaction): Promise<FeedPosition | undefined> {
  const [end] = await tx.$queryRaw<FeedPosition[]>`
    SELECT xid::text, position::text FROM events
     WHERE events.xid < pg_current_xact_id() ORDER BY events.xid DESC, events.position DESC LIMIT 1`;
  return end;
}

/**
 * Where a fill has to come to before it is shown: the place of the tables that it replaces, which stand still. Where nobody follows
 * any, the end of history, or of what the projection reads of it.
 */
async function goalOf(tx: Transaction, projection: Projection, followed: boolean): Promise<FeedPosition | undefined> {
  const live = followed ? await waitForTurn(tx, checkpointOf(projection)) : undefined;
  if (live !== undefined) return live;
  return projection.reads === undefined ? endOfHistory(tx) : checkpointAt(tx, checkpointOf(projection.reads));
}

/**
 * Puts the filled tables in the place of the old ones, in one transaction. The old ones stand still meanwhile, so that
 * the fill can come up to them.
 *
 * @returns false when somebody else has swapped them, or another fill is due.
 */
async function swap(db: PrismaClient, filling: Subscription, projection: Projection): Promise<boolean> {
  return db.$transaction(
    async (tx) => {
      const { version } = await lockStanding(tx, projection);
      const goal = await goalOf(tx, projection, version !== null);
      if (!(await isOurs(tx, projection))) return false;
      for (;;) {
        const passed = await filling.advance();
        const at = await checkpointAt(tx, fillOf(projection));
        if (at === undefined) return false;
        if (goal === undefined || isAtOrPast(at, goal)) break;
        if (passed === 0) await delay(retryMs);
      }
      await waitForTurn(tx, fillOf(projection));
      await tx.$queryRaw`SELECT set_config('lock_timeout', ${lockTimeout}, true)`;
      await tx.$queryRaw`SELECT swap_shadow_tables(${projection.name}, ${[...projection.tables]}::text[])::text`;
      await takeOver(tx, projection);
      return true;
    },
    { timeout: swapTimeoutMs, maxWait: swapTimeoutMs },
  );
}

/** Whether a swap failed only because readers had the tables for too long. */
function readersWereThere(error: unknown): boolean {
  return sqlError(error).code === '55P03';
}

/**
 * Fills a projection's tables again beside the old ones and swaps them, where that is due. Any number of coordinators may
 * do so at once: each pass is one's. Ended at any line, the next call goes on from there.
 *
 * @returns whether this call swapped the tables.
 */
export async function fillProjection(projection: Projection, options: FillOptions): Promise<boolean> {
  const { db, databaseUrl, signal, onStep } = options;
  if (!(await beginFill(db, projection))) return false;
  await onStep?.('begun');
  const shadow = createPrisma(databaseUrl, {
    poolSize: 2,
    applicationName: `xperf-fleet fill ${projection.name}`,
    schema: shadowSchemaOf(projection),
  });
  const filling = new Subscription({
    ...foldingOf(projection),
    db: shadow,
    name: fillOf(projection),
    checkpointIsGiven: true,
    mayFold: (tx) => isOurs(tx, projection),
    onError: () => undefined,
  });
  try {
    while (signal?.aborted !== true) {
      const passed = await filling.advance();
      if (passed > 0) await onStep?.('passed');
      // By the distance, not by how full the pass was: one of many samples or large data ends early, and a swap has the tables stand still.
      if (passed > 0 && !((await isNear(db, projection)) ?? passed < projection.batchSize)) continue;
      if (!(await isOurs(db, projection))) return false;
      try {
        if (!(await swap(db, filling, projection))) return false;
        await onStep?.('swapped');
        return true;
      } catch (error) {
        if (!readersWereThere(error)) throw error;
        await delay(retryMs, undefined, signal ? { signal } : {}).catch(() => undefined);
      }
    }
    return false;
  } finally {
    await shadow.$disconnect();
  }
}
