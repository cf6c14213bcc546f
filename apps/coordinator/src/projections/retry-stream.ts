import {
  askToRefold,
  fold,
  isStreamsFault,
  type PrismaClient,
  readStreamAsItIs,
  type FoldMode,
  waitForTurn,
} from '#event-store';
import { release } from '../release.js';
import { operational } from './operational.js';
import { checkpointOf } from './projection.js';
import { reopenStream, streamsAside } from './set-aside.js';

/** Longest that folding one stream may take. */
const foldTimeoutMs = 600_000;

export interface Retried {
  stream: string;
  /** Whether the read model has taken the whole stream in; if not, it is set aside again. */
  folded: boolean;
}

async function foldAnew(db: PrismaClient, stream: string, mode: FoldMode): Promise<Retried | undefined> {
  return db.$transaction(
    async (tx) => {
      // No pass may go by events of the stream while it still counts as set aside.
      await waitForTurn(tx, checkpointOf(operational));
      if ((await streamsAside.among(tx, [stream])).size === 0) return undefined;
      await reopenStream(tx, stream);
      const events = await readStreamAsItIs(tx, stream);
      await fold(tx, events, { handle: operational.fold, aside: streamsAside }, mode);
      // Those that read these tables have passed the events by, and so may have a fill under way.
      await askToRefold(tx, stream, checkpointOf(operational));
      return { stream, folded: (await streamsAside.among(tx, [stream])).size === 0 };
    },
    { timeout: foldTimeoutMs, maxWait: foldTimeoutMs },
  );
}

/**
 * Takes a stream that was set aside up again: folds all of its events again, whatever had been folded of them. Every
 * projection passes over what its rows stand for already, so events that the read model has yet to reach do no harm.
 *
 * @returns undefined when the stream is not set aside.
 */
export async function retryStream(db: PrismaClient, stream: string): Promise<Retried | undefined> {
  try {
    return await foldAnew(db, stream, 'bulk');
  } catch (error) {
    if (!isStreamsFault(error)) throw error;
    return foldAnew(db, stream, 'sifted');
  }
}

/** Streams that another release set aside, at most `limit`. */
export async function setAsideByOthers(
  db: PrismaClient,
  limit: number,
): Promise<{ stream: string; version: number }[]> {
  return db.setAsideStream.findMany({
    where: { release: { not: release } },
    orderBy: { since: 'asc' },
    take: limit,
    select: { stream: true, version: true },
  });
}
