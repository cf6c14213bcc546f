import type { PrismaClient } from './prisma.js';

/** A session with a transaction id: the feed goes no further than the oldest of these. */
export interface FeedHolder {
  pid: number;
  /** Its login; of PostgreSQL's own processes their kind. */
  login: string;
  application: string;
  database: string | null;
  /** When its transaction began, by PostgreSQL's clock. */
  since: Date;
  heldMs: number;
  /** A worker's or a reader's session, which is ended once its transaction has run for more than 10 s. */
  endable: boolean;
  /** It was told to end by this look. */
  ended: boolean;
}

/**
 * Lists the sessions that hold the feed back, the longest transaction first, and ends those of workers and readers after
 * 10 s (prisma/migrations/20261126000900_watchdog). As the coordinator's login only.
 */
export async function watchFeed(db: PrismaClient): Promise<FeedHolder[]> {
  return db.$queryRaw<FeedHolder[]>`
    SELECT pid, login, application, database, since, held_ms AS "heldMs", endable, ended FROM watch_feed()`;
}
