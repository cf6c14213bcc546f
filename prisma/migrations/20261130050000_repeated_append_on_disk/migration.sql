-- As before (20261130030040_worker_appends_together), but a repetition, too, is on disk when it returns: until now a crash of PostgreSQL
-- could undo what a worker had been told twice that it is stored.
CREATE OR REPLACE FUNCTION append_events(p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_count    integer := jsonb_array_length(p_events);
  v_stored   integer;
  v_ids      uuid[];
  v_own      uuid[];
  v_here     integer;
  v_anywhere integer;
  v_reached  integer;
  v_version  integer;
  v_now      timestamptz := clock_timestamp();
BEGIN
  IF v_count = 0 THEN
    RAISE EXCEPTION 'append_events: no events' USING ERRCODE = 'XF002';
  END IF;
  IF NOT pg_has_role(session_user, 'xf_coordinator', 'MEMBER') AND (
    p_stream NOT LIKE 'run-%' OR p_expected < 1
    -- The next attempt is queued only together with giving up the last one (a worker that stops in mid-run).
    OR p_events->0->>'type' = 'RunQueued'
  ) THEN
    RAISE EXCEPTION 'append_events: % may only append to runs that were queued, not to stream % at version %',
      session_user, p_stream, p_expected USING ERRCODE = '42501';
  END IF;

  -- What two appends at once slip past is caught by the unique keys, where the second waits until the first has ended. So
  -- the rows that ON CONFLICT leaves out belong to a committed append.
  INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor,
                      recorded_at, occurred_at)
  SELECT (e->>'eventId')::uuid, p_stream, p_expected + i, e->>'type', (e->>'schemaVersion')::integer, e->'data',
         (e->>'correlationId')::uuid, (e->>'causationId')::uuid, e->>'actor', v_now,
         -- A comparison with null would give now.
         CASE WHEN e->>'occurredAt' IS NOT NULL THEN least((e->>'occurredAt')::timestamptz, v_now) END
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)
   WHERE p_expected = (SELECT coalesce(max(version), 0) FROM events WHERE stream = p_stream)
   ORDER BY i
      ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_stored = ROW_COUNT;
  IF v_stored = v_count THEN
    IF cardinality(p_samples) > 0 THEN
      -- The run is the stream's, whatever the data say: a batch can't be slipped under another run.
      INSERT INTO sample_batches (event_id, run_id, attempt, batch, samples, raw)
      SELECT (e->>'eventId')::uuid, substr(p_stream, 5)::uuid, (e->'data'->>'attempt')::integer,
             (e->'data'->>'batch')::integer, p_samples[i], p_raw[i]
        FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)
       WHERE p_samples[i] IS NOT NULL;
    END IF;
    RETURN p_expected + v_count;
  END IF;

  -- Not stored now. Perhaps it was before: a retry after a lost answer, or beside its own original.
  v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);
  -- What was stored just now and will be undone: before, the stream ended at what was expected.
  v_own := ARRAY(SELECT event_id FROM events
                  WHERE v_stored > 0 AND stream = p_stream AND version > p_expected AND xid = pg_current_xact_id());
  SELECT coalesce(max(version), 0) INTO v_version FROM events WHERE stream = p_stream AND event_id <> ALL (v_own);
  SELECT count(*) FILTER (WHERE stream = p_stream), max(version) FILTER (WHERE stream = p_stream), count(*)
    INTO v_here, v_reached, v_anywhere
    FROM events WHERE event_id = ANY (v_ids) AND event_id <> ALL (v_own);
  IF v_here = v_count THEN
    -- Whoever stored it may not have waited for the disk (worker_append_many, append_many) and never have come to its flush. A
    -- commit that wrote nothing flushes nothing: this writes.
    PERFORM pg_logical_emit_message(true, 'append_events', '');
    RETURN v_reached;
  END IF;
  IF v_anywhere > 0 OR v_version = p_expected THEN
    RAISE EXCEPTION 'append_events: % of the % event ids for stream % are in use already, or one stands there twice',
      v_anywhere, v_count, p_stream USING ERRCODE = 'XF002';
  END IF;
  RAISE EXCEPTION 'append_events: stream % is at version %, not %', p_stream, v_version, p_expected
    USING ERRCODE = 'XF001', DETAIL = v_version::text;
END $$;
