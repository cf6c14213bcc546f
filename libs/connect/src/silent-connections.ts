import pg from 'pg';
import { isPooled } from './pooled.js';

/** For every connection to PostgreSQL: a server that can't be reached, or has gone, is an error after 10 to 20 s and not a wait for ever. */
export const unlessSilent = {
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const;

export interface SilenceLimits {
  /** A connection is looked at once it has been in use for so long, and then as often. */
  lookAfterMs: number;
  /** A coordinator may hold a transaction open for 60 s without a statement, while a fill catches up. */
  idleTransactionMs: number;
  /** Where the server can't be asked what a session does: twice what the longest statements, those of a swap, may take. */
  unknownMs: number;
}
const usualLimits: SilenceLimits = { lookAfterMs: 10_000, idleTransactionMs: 70_000, unknownMs: 120_000 };

interface Session {
  pid: number;
  state: string;
  /** Since when it is in that state. */
  forMs: number;
  /** It waits to be told of tickets, for as long as there are none. */
  listens: boolean;
}

async function sessionsOf(url: string, pids: readonly number[]): Promise<Map<number, Session>> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Session>(
      `SELECT pid, coalesce(state, 'active') AS state, coalesce(query ~* '(listen|application_name)', false) AS listens,
              coalesce(extract(epoch FROM clock_timestamp() - state_change)::float8 * 1000, 0) AS "forMs"
         FROM pg_stat_activity WHERE pid = ANY($1::integer[])`,
      [pids],
    );
    return new Map(rows.map((row) => [row.pid, row]));
  } finally {
    client.end().catch(() => undefined);
  }
}

/** The types leave out the number of the server's process. */
const pidOf = (client: pg.PoolClient): number => (client as unknown as { processID: number }).processID;

/**
 * Ends connections of a pool on which an answer is waited for that will not come, because something on the way has forgotten them: a
 * NAT, a proxy, a server that failed over. TCP gives up sending after some 15 minutes; until then requests hung, and with ten of them
 * the whole coordinator (`npm run test:chaos -- --kinds half-open`). Whoever waits hears that the connection broke.
 *
 * The server is asked, because a statement may take long: a session that it works for is left alone. Through a pooler no process can
 * be told by its number, and time alone decides.
 */
export function endSilentConnections(
  pool: pg.Pool,
  url: string,
  onEnded: (error: Error) => void = () => undefined,
  { lookAfterMs, idleTransactionMs, unknownMs }: SilenceLimits = usualLimits,
): void {
  const usedSince = new Map<pg.PoolClient, number>();
  pool.on('acquire', (client) => usedSince.set(client, performance.now()));
  pool.on('release', (_, client) => usedSince.delete(client));

  const isSilent = (session: Session | undefined): boolean => {
    if (session === undefined) return true;
    if (session.state === 'active' || session.listens) return false;
    return session.forMs > (session.state === 'idle' ? lookAfterMs : idleTransactionMs);
  };
  const look = async (): Promise<void> => {
    const now = performance.now();
    const long = [...usedSince].filter(([, since]) => now - since > lookAfterMs);
    if (long.length === 0) return;
    const pids = long.map(([client]) => pidOf(client));
    const sessions = isPooled(url) ? undefined : await sessionsOf(url, pids).catch(() => undefined);
    for (const [client, since] of long) {
      const usedMs = now - since;
      // Another use than that which was asked about tells nothing.
      if (usedSince.get(client) !== since) continue;
      if (sessions === undefined ? usedMs <= unknownMs : !isSilent(sessions.get(pidOf(client)))) continue;
      usedSince.delete(client);
      onEnded(
        new Error(`PostgreSQL has not answered on a connection for ${Math.round(usedMs / 1_000)} s; it is ended`),
      );
      // The driver destroys one that waits for an answer; its promise may never settle, for the other end says nothing.
      void (client as unknown as pg.Client).end();
    }
  };
  let looking = false;
  const timer = setInterval(() => {
    if (pool.ended) return clearInterval(timer);
    if (looking) return;
    looking = true;
    void look().finally(() => (looking = false));
  }, lookAfterMs).unref();
}
