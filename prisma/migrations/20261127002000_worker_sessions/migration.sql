-- A heartbeat is one row, however many hosts its worker serves: they follow from the session that holds them. It was a row a
-- host: 1,000 idle hosts took 0.115 of a core, in the database alone.
CREATE TABLE worker_sessions (
  session_id uuid PRIMARY KEY,
  worker_id text NOT NULL,
  instance_id uuid NOT NULL,
  seen_at timestamptz NOT NULL
);
INSERT INTO worker_sessions (session_id, worker_id, instance_id, seen_at)
SELECT session_id, min(worker_id), min(instance_id::text)::uuid, max(seen_at) FROM worker_presence
 WHERE session_id IS NOT NULL AND instance_id IS NOT NULL GROUP BY session_id;

-- To find a session's hosts when it loses one.
CREATE INDEX worker_presence_session_id_idx ON worker_presence (session_id);

-- Who serves a host and when it was last heard of. worker_presence.seen_at alone is when the host was registered, or when the
-- session that held it was last heard of before it lost a host.
CREATE VIEW host_presence AS
SELECT held.host_id, held.worker_id, held.instance_id, held.session_id, held.contract_version,
       greatest(held.seen_at, session.seen_at) AS seen_at
  FROM worker_presence AS held LEFT JOIN worker_sessions AS session USING (session_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON worker_sessions TO xf_coordinator;
GRANT SELECT ON host_presence TO xf_coordinator, xf_reader;
