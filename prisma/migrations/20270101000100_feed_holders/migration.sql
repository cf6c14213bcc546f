-- For the board Operations: who holds the read models back, as GET /v1/health says it. The reader sees other logins' transactions
-- by this function only: who, in which application, since when; never a statement, and it ends nothing (watch_sessions does).
CREATE FUNCTION feed_holders()
RETURNS TABLE (pid integer, login text, application text, database text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.pid, coalesce(a.usename, a.backend_type)::text, a.application_name, a.datname::text, a.xact_start
    FROM pg_stat_activity a
   WHERE a.backend_xid IS NOT NULL AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
  UNION ALL
  SELECT NULL, p.owner::text, 'prepared transaction ' || p.gid, p.database::text, p.prepared FROM pg_prepared_xacts p
$$;
REVOKE ALL ON FUNCTION feed_holders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION feed_holders TO xf_reader;
