-- Least privilege. Group roles without login; libs/postgres (or the operator) makes logins that are members of one.
-- Roles belong to the cluster, so they may exist from another database.
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['xf_coordinator', 'xf_worker', 'xf_reader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- made for another database of this cluster
    END;
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO xf_coordinator, xf_worker, xf_reader;

-- Nobody writes events but through append_events; nobody updates or deletes them.
GRANT EXECUTE ON FUNCTION append_events TO xf_coordinator, xf_worker;
GRANT SELECT ON events, sample_batches TO xf_coordinator;
GRANT SELECT ON events TO xf_worker;

GRANT SELECT, INSERT, UPDATE, DELETE ON
  checkpoints, hosts, jobs, runs, boot_states, run_results, run_gaps, hourly_results, worker_presence, run_leases, api_keys
  TO xf_coordinator;

-- For the boards: no keys, no events, no samples, and of a job not who submitted it.
GRANT SELECT ON hosts, runs, boot_states, run_results, run_gaps, hourly_results, worker_presence, checkpoints
  TO xf_reader;
GRANT SELECT (job_id, spec, submitted_at, state, outcome, ended_at, runs_total) ON jobs TO xf_reader;
