import type pg from 'pg';
import { ownCpuMsOf } from './cpu.js';

/** What a statement is there for, by what it names. The first that fits counts. */
const purposes: readonly [purpose: string, pattern: string][] = [
  ['append', '(append_events|append_many|worker_append|worker_observe)'],
  [
    'queue',
    '(move_to_|move_stalled|next_signal|next_delay|has_waiting|add_flow|add_jobs?|queue_meta|extend_lock|LISTEN|(FROM|JOIN) job\\M|get_state|remove\\(|INTO meta)',
  ],
  ['read a stream', '(worker_read|FROM events WHERE stream =)'],
  ['feed', '(FROM events|checkpoints|streams_to_refold|set_aside|projections)'],
  ['read model', '(runs|run_results|jobs|hosts|label_values|boot_states|sample_batches|leases|presence|daily)'],
];

/** What the server has done, in whole numbers that only grow. */
export interface ServerCounts {
  commits: number;
  fsyncs: number;
  walBytes: number;
  heartbeats: number;
  /** By login and purpose. */
  statements: Map<string, { calls: number; ms: number }>;
  /** CPU time of each of its processes that lives, by pid: what it is there for, and ms. */
  processes: Map<number, { what: string; cpuMs: number }>;
}

/** Loads pg_stat_statements; the server must have been started with it. */
export async function prepareCounting(client: pg.Client): Promise<void> {
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
}

export async function serverCounts(client: pg.Client): Promise<ServerCounts> {
  // A session reports what it did at most once a second.
  await new Promise((done) => setTimeout(done, 1_200));
  const { rows } = await client.query<{ commits: number; fsyncs: number; walBytes: number }>(`
    SELECT (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()) AS commits,
           (SELECT coalesce(sum(fsyncs), 0)::float8 FROM pg_stat_io WHERE object = 'wal') AS fsyncs,
           (SELECT wal_bytes::float8 FROM pg_stat_wal) AS "walBytes"`);
  const purpose = purposes.map(([name, pattern]) => `WHEN query ~* '${pattern}' THEN '${name}'`).join(' ');
  const statements = await client.query<{
    login: string;
    purpose: string;
    calls: number;
    ms: number;
    heartbeats: number;
  }>(`
    SELECT rolname AS login, CASE ${purpose} WHEN query ~* '^(BEGIN|COMMIT|ROLLBACK|SET)' THEN 'begin and commit' ELSE 'other' END AS purpose,
           sum(calls)::float8 AS calls, sum(total_exec_time) AS ms,
           coalesce(sum(calls) FILTER (WHERE query ~* 'UPDATE worker_sessions'), 0)::float8 AS heartbeats
      FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
     WHERE rolname IN ('coordinator', 'worker') GROUP BY 1, 2`);
  const [counts = { commits: NaN, fsyncs: NaN, walBytes: NaN }] = rows;
  const processes = await client.query<{ pid: number; what: string }>(`
    SELECT pid, CASE backend_type WHEN 'client backend' THEN usename || ': ' || application_name ELSE backend_type END AS what
      FROM pg_stat_activity WHERE pid <> pg_backend_pid()`);
  return {
    ...counts,
    heartbeats: statements.rows.reduce((sum, { heartbeats }) => sum + heartbeats, 0),
    processes: new Map(processes.rows.map(({ pid, what }) => [pid, { what, cpuMs: ownCpuMsOf(pid) }])),
    statements: new Map(
      statements.rows.map(({ login, purpose, calls, ms }) => [`${login}: ${purpose}`, { calls, ms }]),
    ),
  };
}

/** The statements that cost most, by time and by number. */
export async function dearest(
  client: pg.Client,
  limit = 12,
): Promise<{ login: string; calls: number; ms: number; query: string }[]> {
  const { rows } = await client.query<{ login: string; calls: number; ms: number; query: string }>(
    `SELECT rolname AS login, calls::float8 AS calls, round(total_exec_time)::float8 AS ms,
            left(regexp_replace(query, '\\s+', ' ', 'g'), 200) AS query
       FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
      WHERE rolname IN ('coordinator', 'worker') ORDER BY total_exec_time DESC LIMIT $1`,
    [limit],
  );
  return rows;
}
