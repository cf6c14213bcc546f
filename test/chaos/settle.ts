import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from './postgres-server.js';

const lookEveryMs = 500;

const standing = `
  SELECT count(*) FILTER (WHERE type = 'JobSubmitted')::integer AS submitted,
         count(*) FILTER (WHERE type = 'JobCompleted')::integer AS ended,
         count(*) FILTER (WHERE (xid, position) > (SELECT xid::xid8, position FROM checkpoints ORDER BY xid::xid8, position LIMIT 1)
                         )::integer AS behind
    FROM events`;

/** Waits until every job has ended and the read model has seen it. @returns how long that took; null: it did not. */
export async function untilSettled(postgres: PostgresServer, limitMs: number): Promise<number | null> {
  const from = performance.now();
  for (;;) {
    const settled = await postgres.asAdmin(async (client) => {
      const { rows } = await client.query<{ submitted: number; ended: number; behind: number }>(standing);
      const [row] = rows;
      return row !== undefined && row.ended >= row.submitted && row.behind === 0;
    });
    const tookMs = Math.round(performance.now() - from);
    if (settled) return tookMs;
    if (tookMs > limitMs) return null;
    await pause(lookEveryMs);
  }
}
