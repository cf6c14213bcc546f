-- What a later parser made of a stored log: samples beside the ones that the worker's parser read, which stay as they are.
CREATE TABLE rederived_batches (
  run_id         uuid    NOT NULL,
  attempt        integer NOT NULL,
  parser_version integer NOT NULL,
  batch          integer NOT NULL,
  -- The RunRederived that they came with, in the same transaction.
  event_id       uuid    NOT NULL,
  samples        bytea   NOT NULL,
  PRIMARY KEY (run_id, attempt, parser_version, batch)
);
ALTER TABLE rederived_batches ALTER COLUMN samples SET STORAGE EXTERNAL;
CREATE TRIGGER rederived_batches_unchanged BEFORE UPDATE ON rederived_batches
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Appends one RunRederived and its batches, all or none. Repeated with the same event id it changes nothing.
-- Raises and returns what append_events does.
CREATE FUNCTION append_rederivation(p_stream text, p_expected integer, p_events jsonb, p_samples bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_event   jsonb := p_events->0;
  v_version integer;
BEGIN
  IF jsonb_array_length(p_events) <> 1 OR v_event->>'type' <> 'RunRederived' THEN
    RAISE EXCEPTION 'append_rederivation: takes one RunRederived' USING ERRCODE = 'XF002';
  END IF;
  v_version := append_events(p_stream, p_expected, p_events, '{}', '{}');
  INSERT INTO rederived_batches (run_id, attempt, parser_version, batch, event_id, samples)
  SELECT substr(p_stream, 5)::uuid, (v_event->'data'->>'attempt')::integer,
         (v_event->'data'->'after'->>'parserVersion')::integer, i - 1, (v_event->>'eventId')::uuid, samples
    FROM unnest(p_samples) WITH ORDINALITY AS t(samples, i)
      ON CONFLICT DO NOTHING;
  RETURN v_version;
END $$;
REVOKE ALL ON FUNCTION append_rederivation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_rederivation TO xf_coordinator;
GRANT SELECT ON rederived_batches TO xf_coordinator;

-- A worker may append to runs, but not tell that a log was read again.
CREATE FUNCTION refuse_rederivation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_has_role(session_user, 'xf_coordinator', 'MEMBER') THEN
    RAISE EXCEPTION 'only a coordinator appends RunRederived, not %', session_user USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER events_rederived_by_coordinator BEFORE INSERT ON events
  FOR EACH ROW WHEN (NEW.type = 'RunRederived') EXECUTE FUNCTION refuse_rederivation();

-- Which parser the run's samples and losses come from, and, where its samples were derived again, of which version the
-- batches in rederived_batches are; null: they stand in sample_batches. Runs that have ended by now were read by
-- version 1. (A default that is dropped again fills the column without rewriting the table.)
ALTER TABLE runs ADD COLUMN parser_version integer DEFAULT 1, ADD COLUMN samples_version integer;
ALTER TABLE runs ALTER COLUMN parser_version DROP DEFAULT;
UPDATE runs SET parser_version = NULL WHERE state NOT IN ('completed', 'failed');

-- Runs that a later parser could read again, oldest first: what `xf replay` goes through and what the console counts.
CREATE INDEX runs_by_parser ON runs (parser_version, ended_at, run_id)
  WHERE state = 'completed' OR failure ->> 'code' IN ('samples-inconsistent', 'samples-unreadable');
