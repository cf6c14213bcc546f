-- Sessions that hold the fleet up, in place of watch_feed. Besides a transaction id, which holds the feed back, a worker's or
-- reader's login can hold a lock for which others wait: on a queue's table (LOCK TABLE), a row, an advisory lock.
DROP FUNCTION watch_feed();

-- Lists every other session that has a transaction id, blocks another session for more than 1 s, or is a worker's or reader's
-- and idle in a transaction; and prepared transactions, which have no session (pid is null). Longest first.
-- Ends those of workers and readers after 10 s, whatever timeouts they gave themselves.
--   since    when its transaction began; of one that only idles, when it began to. A lock older than the transaction is kept
--            beyond transactions (pg_advisory_lock): then, when the session began
--   horizon_ms  age of its transaction, when that has an id and so holds the feed back
--   blocks   how many sessions have waited for its locks for more than 1 s, those that wait for these in turn left out.
--            Shorter waits are usual. Not 10 s: a waiter's own timeout may end its wait sooner, and it would wait anew
--   endable  a worker's or a reader's (not a coordinator's, the owner's or a superuser's), and this function's owner may
--            end it: a superuser, a member of pg_signal_backend, a member of the login (libs/postgres/src/logins.ts)
--   ended    it was told to end just now. One that waits for another to be ended is left alone: it may be a victim
-- An owner who is no superuser sees transaction ids of the logins that it is a member of; of all with pg_read_all_stats.
CREATE FUNCTION watch_sessions()
RETURNS TABLE (pid integer, login text, application text, database text, since timestamptz, held_ms float8,
               horizon_ms float8, blocks integer, endable boolean, ended boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH waits AS MATERIALIZED (
    SELECT w.pid, w.since, b.pid AS blocker
      FROM (SELECT l.pid, min(l.waitstart) AS since FROM pg_locks l WHERE NOT l.granted GROUP BY l.pid) w,
           unnest(pg_blocking_pids(w.pid)) AS b (pid)
  ),
  blockers AS (
    SELECT blocker AS pid, count(DISTINCT waits.pid)::integer AS blocks, min(since) AS waited_since
      FROM waits WHERE since < clock_timestamp() - interval '1 second' GROUP BY blocker
  ),
  holders AS MATERIALIZED (
    SELECT a.pid, coalesce(a.usename, a.backend_type)::text AS login, a.application_name, a.datname::text AS datname,
           CASE WHEN b.pid IS NULL AND a.backend_xid IS NULL THEN a.state_change
                WHEN a.xact_start <= coalesce(b.waited_since, a.xact_start) THEN a.xact_start
                ELSE coalesce(a.backend_start, b.waited_since) END AS since,
           CASE WHEN a.backend_xid IS NOT NULL THEN a.xact_start END AS horizon_since, coalesce(b.blocks, 0) AS blocks,
           coalesce(role.ours AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')), false) AS endable
      FROM pg_stat_activity a
      LEFT JOIN blockers b USING (pid)
      LEFT JOIN pg_roles r ON r.oid = a.usesysid
      LEFT JOIN LATERAL (
        SELECT NOT r.rolsuper AND r.rolname <> current_user AND NOT pg_has_role(r.oid, 'xf_coordinator', 'MEMBER')
               AND (pg_has_role(r.oid, 'xf_worker', 'MEMBER') OR pg_has_role(r.oid, 'xf_reader', 'MEMBER')) AS ours
      ) role ON true
     WHERE a.pid <> pg_backend_pid()
       AND (b.pid IS NOT NULL OR a.xact_start IS NOT NULL AND (a.backend_xid IS NOT NULL
            OR role.ours AND a.state LIKE 'idle in transaction%'))
  ),
  judged AS (
    SELECT h.*, extract(epoch FROM clock_timestamp() - h.since) * 1000 AS held_ms,
           extract(epoch FROM clock_timestamp() - h.horizon_since) * 1000 AS horizon_ms
      FROM holders h
  ),
  due AS (
    SELECT j.pid FROM judged j WHERE j.endable AND j.held_ms > 10000
  )
  SELECT j.pid, j.login, j.application_name, j.datname, j.since, j.held_ms::float8, j.horizon_ms::float8, j.blocks, j.endable,
         CASE WHEN j.pid IN (SELECT due.pid FROM due)
                   AND NOT EXISTS (SELECT FROM waits JOIN due ON due.pid = waits.blocker WHERE waits.pid = j.pid)
              THEN pg_terminate_backend(j.pid) ELSE false END
    FROM judged j
  UNION ALL
  SELECT NULL, p.owner::text, 'prepared transaction ' || p.gid, p.database::text, p.prepared,
         (extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::float8,
         (extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::float8,
         (SELECT count(DISTINCT waits.pid)::integer FROM waits
           WHERE blocker = 0 AND waits.since < clock_timestamp() - interval '1 second'), false, false
    FROM pg_prepared_xacts p
   ORDER BY 5
$$;
REVOKE ALL ON FUNCTION watch_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION watch_sessions TO xf_coordinator;
