import type { PrismaClient } from './prisma.js';

/** A session that holds the fleet up: by a transaction id, by locks that others wait for, or idle in a transaction. */
export interface HoldingSession {
  /** Null for a prepared transaction, which has no session. */
  pid: number | null;
  /** Its login; of PostgreSQL's own processes their kind. */
  login: string;
  application: string;
  database: string | null;
  /** Since when it holds what it holds, by PostgreSQL's clock. */
  since: Date;
  heldMs: number;
  /** Age of its transaction when that has an id: the feed goes no further than the oldest of these. Else null. */
  horizonMs: number | null;
  /** Sessions that have waited for its locks for more than 1 s. */
  blocks: number;
  /** A worker's or a reader's session, which is ended after 10 s. */
  endable: boolean;
  /** This look asked it to end. */
  ended: boolean;
}

/**
 * Lists the sessions that hold the fleet up, the longest first, and ends those of workers and readers after 10 s
 * (prisma/migrations/20261126001000_watch_sessions). As the coordinator's login only.
 */
export async function watchSessions(db: PrismaClient): Promise<HoldingSession[]> {
  return db.$queryRaw<HoldingSession[]>`
    SELECT pid, login, application, database, since, held_ms AS "heldMs", horizon_ms AS "horizonMs", blocks, endable, ended
      FROM watch_sessions()`;
}
