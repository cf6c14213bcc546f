-- Sessions that hold the feed back. Readers of the feed stay below the oldest running transaction id, which any login may
-- take (pg_current_xact_id()) and keep, in any database of the cluster. Timeouts that a login has it can reset itself.

-- Lists every other session with a transaction id, the longest transaction first, and ends those of workers and readers
-- whose transaction has run for more than 10 s.
--   endable  a worker's or a reader's (not a coordinator's, the owner's or a superuser's), and this function's owner may
--            end it: a superuser, a member of pg_signal_backend, a member of the login (libs/postgres/src/logins.ts)
--   ended    it was told to end just now
-- An owner who is no superuser sees transaction ids of the logins that it is a member of; of all with pg_read_all_stats.
CREATE FUNCTION watch_feed()
RETURNS TABLE (pid integer, login text, application text, database text, since timestamptz, held_ms float8,
               endable boolean, ended boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH holders AS MATERIALIZED (
    SELECT a.pid, coalesce(a.usename, a.backend_type) AS login, a.application_name, a.datname, a.xact_start,
           extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS held_ms,
           coalesce(NOT r.rolsuper AND r.rolname <> current_user
                    AND NOT pg_has_role(r.oid, 'xf_coordinator', 'MEMBER')
                    AND (pg_has_role(r.oid, 'xf_worker', 'MEMBER') OR pg_has_role(r.oid, 'xf_reader', 'MEMBER'))
                    AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')), false) AS endable
      FROM pg_stat_activity a
      LEFT JOIN pg_roles r ON r.oid = a.usesysid
     WHERE a.backend_xid IS NOT NULL AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
     ORDER BY a.xact_start
  )
  SELECT h.pid, h.login::text, h.application_name, h.datname::text, h.xact_start, h.held_ms::float8, h.endable,
         CASE WHEN h.endable AND h.held_ms > 10000 THEN pg_terminate_backend(h.pid) ELSE false END
    FROM holders h ORDER BY h.xact_start
$$;
REVOKE ALL ON FUNCTION watch_feed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION watch_feed TO xf_coordinator;

-- One row for each worker, locked while it registers: an advisory lock can be taken, and kept, by any login.
CREATE TABLE worker_turns (
  worker_id text PRIMARY KEY
);
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_turns TO xf_coordinator;
