-- What was said of a host last: that it is draining, quarantined, removed, or in service again. No row: nothing ever was. Part of the
-- operational projection, whose version stays: no event that was stored before this release says any of it.
CREATE TABLE host_service (
  host_id text PRIMARY KEY,
  state   text NOT NULL,
  -- PostgreSQL's clock.
  since   timestamptz NOT NULL,
  actor   text NOT NULL,
  reason  text NOT NULL,
  -- The rule that quarantined it; null: a person did.
  rule    text
);
GRANT SELECT, INSERT, UPDATE, DELETE ON host_service TO xf_coordinator;
GRANT SELECT ON host_service TO xf_reader;

-- Hosts that a job left out because of their state, as the job's view tells it.
ALTER TABLE jobs ADD COLUMN skipped jsonb;

-- How often the worker was told to say that it lives: another coordinator may tell its own otherwise.
ALTER TABLE worker_sessions ADD COLUMN heartbeat_ms integer NOT NULL DEFAULT 5000;

-- The one place that says what silent is: three missed heartbeats, by PostgreSQL's clock alone.
CREATE OR REPLACE VIEW host_presence AS
SELECT held.host_id, held.worker_id, held.instance_id, held.session_id, held.contract_version,
       greatest(held.seen_at, session.seen_at) AS seen_at,
       greatest(held.seen_at, session.seen_at) < now() - 3 * coalesce(session.heartbeat_ms, 5000) * interval '1 millisecond' AS silent
  FROM worker_presence AS held LEFT JOIN worker_sessions AS session USING (session_id);

-- A host's state in one word: hostStateOf (libs/contracts) in SQL. Of plain values, so that tables can be swapped below it.
CREATE FUNCTION host_state(service text, silent boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN service <> 'in-service' THEN service WHEN silent THEN 'silent' WHEN NOT silent THEN 'online' ELSE 'never' END
$$;
GRANT EXECUTE ON FUNCTION host_state(text, boolean) TO xf_coordinator, xf_reader;
