-- A machine joins the fleet with a token that is good once: it is exchanged for a key of the API and a login of PostgreSQL that
-- are this worker's alone, so that ending one costs no other. A row, not a stream, as keys are: who has joined, and that it was
-- revoked, must hold at once, in one transaction with the key and the login.
CREATE TABLE invitations (
  invitation_id uuid        PRIMARY KEY,
  token_hash    bytea       NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  -- The name that it is for; null until it is used: any that is not taken.
  host_id       text,
  labels        jsonb       NOT NULL,
  -- key:<id> of whoever invited.
  invited_by    text        NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at    timestamptz NOT NULL,
  revoked_at    timestamptz,
  used_at       timestamptz,
  -- What it was exchanged for.
  key_id        uuid        UNIQUE REFERENCES api_keys,
  login         text        UNIQUE,
  CHECK ((used_at IS NULL) = (key_id IS NULL) AND (key_id IS NULL) = (login IS NULL)),
  CHECK (used_at IS NULL OR host_id IS NOT NULL)
);
-- Who has joined under a name.
CREATE INDEX invitations_of_host ON invitations (host_id) WHERE used_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON invitations TO xf_coordinator;

-- Makes the login of one worker. Nothing else can be made with it: the name must be one of these, and all that it may is what
-- xf_worker may. Its password comes as a SCRAM verifier, so that no statement in a log of PostgreSQL holds it.
--
-- A worker process takes 13 connections at most (apps/worker), so none can take those of others. The timeout is that of
-- libs/postgres/src/logins.ts. Runs as the owner of the database, who must have CREATEROLE (42501 otherwise).
CREATE FUNCTION make_worker_login(p_login text, p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_login !~ '^xf_worker_[0-9a-f]{16}$' THEN
    RAISE EXCEPTION 'the login of a worker is called xf_worker_<16 hex digits>' USING ERRCODE = '22023';
  END IF;
  IF p_verifier !~ '^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
    RAISE EXCEPTION 'a password comes as a SCRAM verifier' USING ERRCODE = '22023';
  END IF;
  EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 16 PASSWORD %L', p_login, p_verifier);
  EXECUTE format('GRANT xf_worker TO %I', p_login);
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', p_login, '10s');
  -- So that the owner may end its sessions (watch_sessions, drop_worker_login). A superuser may anyway.
  IF current_setting('server_version_num')::integer >= 160000
     AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT TRUE, SET FALSE', p_login);
  END IF;
END $$;
REVOKE ALL ON FUNCTION make_worker_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_worker_login TO xf_coordinator;

-- Ends a worker's login and its sessions; nothing when there is none. It can't come back meanwhile, because it may not log in any
-- more. A login that owns something (large objects) can't be dropped, and stays as one that may not log in.
CREATE FUNCTION drop_worker_login(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_login !~ '^xf_worker_[0-9a-f]{16}$' THEN
    RAISE EXCEPTION 'the login of a worker is called xf_worker_<16 hex digits>' USING ERRCODE = '22023';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = p_login) THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', p_login);
  EXECUTE format('REVOKE xf_worker FROM %I', p_login);
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = p_login;
  BEGIN
    EXECUTE format('DROP ROLE %I', p_login);
  EXCEPTION WHEN dependent_objects_still_exist THEN
    NULL;
  END;
END $$;
REVOKE ALL ON FUNCTION drop_worker_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_worker_login TO xf_coordinator;
