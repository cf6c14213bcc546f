-- Fewer steps for an append, and a worker's appends of one call in one commit, as append_many has it for the
-- coordinator's.

-- As before (20261126001110_occurred_at), but looks and inserts in one statement.
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
    RETURN v_reached;
  END IF;
  IF v_anywhere > 0 OR v_version = p_expected THEN
    RAISE EXCEPTION 'append_events: % of the % event ids for stream % are in use already, or one stands there twice',
      v_anywhere, v_count, p_stream USING ERRCODE = 'XF002';
  END IF;
  RAISE EXCEPTION 'append_events: stream % is at version %, not %', p_stream, v_version, p_expected
    USING ERRCODE = 'XF001', DETAIL = v_version::text;
END $$;

-- What worker_append checked (20261126001110_occurred_at), of a worker that has shown its token.
CREATE FUNCTION append_of_worker(p_worker worker_tokens, p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_request jsonb := request_for_worker(p_worker, p_stream, p_expected);
  v_last    text;
  v_run     uuid;
  v_ids     uuid[];
  v_batches bigint;
  v_sum     bigint := 0;
  v_wrong   text;
  v_event   jsonb;
  v_data    jsonb;
  v_type    text;
  v_i       bigint;
  v_now     timestamptz := clock_timestamp();
  v_since   timestamptz;
  v_times   timestamptz[] := '{}';
BEGIN
  IF v_request IS NULL THEN
    RAISE EXCEPTION 'worker % may only append to runs that are queued to its hosts, not to stream % at version %',
      p_worker.worker_id, p_stream, p_expected USING ERRCODE = '42501';
  END IF;
  v_run := substr(p_stream, 5)::uuid;
  -- When the stream has not come that far, append_events says so.
  SELECT type, coalesce(occurred_at, recorded_at) INTO v_last, v_since FROM events
   WHERE stream = p_stream AND version = p_expected;

  FOR v_event, v_i IN SELECT e, i FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i) ORDER BY i LOOP
    v_type := v_event->>'type';
    v_data := v_event->'data';
    v_wrong := CASE
      WHEN v_type IS NULL OR v_type NOT IN ('RunStarted', 'CrossingSamplesRecorded', 'KernelLogGapObserved', 'RunCompleted',
                                            'RunFailed', 'RunAbandoned', 'RunQueued')
        THEN 'is none of a worker''s'
      WHEN v_data->>'runId' IS DISTINCT FROM v_request->>'runId' THEN 'names another run'
      WHEN v_type <> 'RunQueued' AND v_data->'attempt' IS DISTINCT FROM v_request->'attempt' THEN 'is of another attempt'
      WHEN v_type = 'RunQueued' AND (v_last IS DISTINCT FROM 'RunAbandoned' OR v_i = 1)
        THEN 'may only follow the attempt that is given up with it'
      WHEN v_type = 'RunStarted' AND v_last <> 'RunQueued' THEN 'follows ' || v_last
      WHEN v_type NOT IN ('RunStarted', 'RunQueued')
           AND v_last NOT IN ('RunStarted', 'CrossingSamplesRecorded', 'KernelLogGapObserved') THEN 'follows ' || v_last
    END;
    IF v_wrong IS NULL THEN
      IF v_batches IS NULL AND v_type IN ('CrossingSamplesRecorded', 'RunCompleted') THEN
        -- Those of this very append count as not there: it may be a repetition.
        v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);
        v_batches := coalesce((SELECT batch + 1 FROM sample_batches
                                WHERE run_id = v_run AND attempt = (v_request->>'attempt')::integer AND event_id <> ALL (v_ids)
                                ORDER BY batch DESC LIMIT 1), 0);
      END IF;
      CASE v_type
        WHEN 'RunStarted' THEN
          v_wrong := CASE
            WHEN v_i = 1 AND v_data->>'workerId' IS DISTINCT FROM p_worker.worker_id THEN 'names another worker'
            WHEN v_data->'labels'->>'host' IS DISTINCT FROM v_request->>'hostId' THEN 'is labelled with another host'
            WHEN v_i > 1 THEN 'does not stand first'
          END;
        WHEN 'CrossingSamplesRecorded' THEN
          v_wrong := CASE
            WHEN p_samples[v_i] IS NULL OR p_raw[v_i] IS NULL THEN 'has no batch'
            WHEN packed_samples(p_samples[v_i]) IS DISTINCT FROM (v_data->>'samples')::bigint
              THEN 'has another number of samples than its batch'
            WHEN (v_data->>'batch')::bigint IS DISTINCT FROM v_batches THEN 'is not batch ' || v_batches
          END;
          v_batches := v_batches + 1;
          v_sum := v_sum + (v_data->>'samples')::bigint;
        WHEN 'RunCompleted' THEN
          SELECT v_sum + coalesce(sum((data->>'samples')::bigint), 0) INTO v_sum FROM events
           WHERE stream = p_stream AND version <= p_expected AND type = 'CrossingSamplesRecorded'
             AND data->'attempt' = v_request->'attempt';
          v_wrong := CASE
            WHEN v_data->'faults' IS DISTINCT FROM v_request->'faults' THEN 'has other faults than were asked for'
            WHEN (v_data->>'samples')::bigint IS DISTINCT FROM v_sum
              THEN 'has ' || coalesce(v_data->>'samples', 'no') || ' samples, its batches ' || v_sum
            WHEN (v_data->>'batches')::bigint IS DISTINCT FROM v_batches
              THEN 'has ' || coalesce(v_data->>'batches', 'no') || ' batches, ' || v_batches || ' are stored'
            WHEN (v_data->>'lost')::bigint < 0 OR (v_data->>'rejected')::bigint < 0
                 OR v_sum + (v_data->>'lost')::bigint + (v_data->>'rejected')::bigint
                    IS DISTINCT FROM (v_request->>'faults')::bigint
              THEN 'does not add up: samples + lost + rejected are the faults'
          END;
        WHEN 'RunAbandoned' THEN
          v_wrong := CASE
            WHEN coalesce(v_data->>'reason', '') NOT IN ('worker-stopped', 'cancelled') THEN 'has a reason that is not a worker''s'
            WHEN jsonb_typeof(v_data->'final') IS DISTINCT FROM 'boolean' THEN 'does not say whether it is final'
            WHEN (v_data->>'final')::boolean <> (v_i = jsonb_array_length(p_events))
              THEN 'ends the run and queues it, or neither'
          END;
        WHEN 'RunQueued' THEN
          v_wrong := CASE
            WHEN v_data - 'attempt' IS DISTINCT FROM v_request - 'attempt' THEN 'asks for something else'
            WHEN (v_data->>'attempt')::integer IS DISTINCT FROM (v_request->>'attempt')::integer + 1
              THEN 'is not of the next attempt'
            WHEN v_i < jsonb_array_length(p_events) THEN 'does not stand last'
          END;
        ELSE
          NULL;
      END CASE;
    END IF;
    IF v_wrong IS NOT NULL THEN
      RAISE EXCEPTION 'worker % may not append this to stream %: % %', p_worker.worker_id, p_stream,
        coalesce(v_type, 'an event without a type'), v_wrong USING ERRCODE = '42501';
    END IF;
    v_last := v_type;
    IF v_event->>'occurredAt' IS NOT NULL THEN
      v_since := least(v_now, greatest(v_since, (v_event->>'occurredAt')::timestamptz
                                                + coalesce(v_now - (v_event->>'sentAt')::timestamptz, '0')));
      v_times[v_i] := v_since;
    END IF;
  END LOOP;

  RETURN append_events(
    p_stream, p_expected,
    (SELECT jsonb_agg(e || jsonb_build_object('actor', 'worker:' || p_worker.worker_id, 'occurredAt', v_times[i]) ORDER BY i)
       FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)),
    p_samples, p_raw);
END $$;
REVOKE EXECUTE ON FUNCTION append_of_worker(worker_tokens, text, integer, jsonb, bytea[], bytea[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION worker_append(p_token text, p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN append_of_worker(worker_of_token(p_token), p_stream, p_expected, p_events, p_samples, p_raw);
END $$;

-- All of these appends or none, in their order: the version that each has brought its stream to. p_decisions and p_payloads as
-- those of worker_append_many.
CREATE FUNCTION worker_append_together(p_token text, p_decisions jsonb, p_payloads bytea)
RETURNS integer[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_worker   worker_tokens := worker_of_token(p_token);
  v_decision jsonb;
  v_size     jsonb;
  v_samples  bytea[];
  v_raw      bytea[];
  v_at       integer := 1;
  v_versions integer[] := '{}';
BEGIN
  FOR v_decision IN SELECT jsonb_array_elements(p_decisions) LOOP
    v_samples := '{}';
    v_raw := '{}';
    IF v_decision->'sizes' @? 'strict $[*] ? (@.type() == "array")' THEN
      FOR v_size IN SELECT jsonb_array_elements(v_decision->'sizes') LOOP
        IF v_size = 'null' THEN
          v_samples := array_append(v_samples, NULL);
          v_raw := array_append(v_raw, NULL);
        ELSE
          v_samples := array_append(v_samples, substr(p_payloads, v_at, (v_size->>0)::integer));
          v_at := v_at + (v_size->>0)::integer;
          v_raw := array_append(v_raw, substr(p_payloads, v_at, (v_size->>1)::integer));
          v_at := v_at + (v_size->>1)::integer;
        END IF;
      END LOOP;
    END IF;
    v_versions := v_versions || append_of_worker(
      v_worker, v_decision->>'stream', (v_decision->>'expected')::integer, v_decision->'events', v_samples, v_raw);
  END LOOP;
  RETURN v_versions;
END $$;
REVOKE EXECUTE ON FUNCTION worker_append_together(text, jsonb, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worker_append_together(text, jsonb, bytea) TO xf_worker;

-- Appends of a worker, many in one call: all of them in one transaction where nothing speaks against any; otherwise each in one of
-- its own, so that a refused one refuses no other, and one that waits for somebody else's append holds neither the feed's
-- horizon nor the other streams meanwhile. All is flushed before the call returns.
--
-- p_decisions: [{stream, expected, events, sizes}]; sizes has for each event null, or the bytes of its samples and of its
-- raw log. p_payloads: all of them one behind the other. p_outcomes: as append_many's.
--
-- It runs with the caller's rights, because a procedure with others may not commit; the functions ask whose token it is.
CREATE OR REPLACE PROCEDURE worker_append_many(p_token text, p_decisions jsonb, p_payloads bytea, INOUT p_outcomes jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_versions integer[];
  v_decision jsonb;
  v_bytes    integer;
  v_at       integer := 1;
  v_outcomes jsonb[] := '{}';
  v_state    text;
  v_message  text;
  v_detail   text;
BEGIN
  BEGIN
    PERFORM pg_catalog.set_config('lock_timeout', '10ms', true);
    v_versions := public.worker_append_together(p_token, p_decisions, p_payloads);
  EXCEPTION WHEN OTHERS THEN
    v_versions := NULL; -- whose fault it was is found below
  END;
  COMMIT;
  IF v_versions IS NOT NULL THEN
    p_outcomes := pg_catalog.to_jsonb(ARRAY(
      SELECT pg_catalog.jsonb_build_object('version', version) FROM pg_catalog.unnest(v_versions) AS t (version)));
    RETURN;
  END IF;
  FOR v_decision IN SELECT pg_catalog.jsonb_array_elements(p_decisions) LOOP
    v_bytes := (SELECT coalesce(sum((size->>0)::integer + (size->>1)::integer), 0)
                  FROM pg_catalog.jsonb_array_elements(v_decision->'sizes') AS t (size) WHERE size <> 'null');
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    BEGIN
      v_versions := public.worker_append_together(
        p_token, pg_catalog.jsonb_build_array(v_decision), pg_catalog.substr(p_payloads, v_at, v_bytes));
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_versions[1]);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
      -- Ours; data; integrity; rights; limits. Another class may pass, and would meet the next append as well.
      IF v_state !~ '^(XF|22|23|42|54)' THEN
        RAISE;
      END IF;
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('code', v_state, 'message', v_message, 'detail', v_detail);
    END;
    COMMIT;
    v_at := v_at + v_bytes;
  END LOOP;
  -- A commit that wrote nothing flushes nothing, and the last may have been refused: this writes.
  PERFORM pg_catalog.pg_logical_emit_message(true, 'worker_append_many', '');
  COMMIT;
  p_outcomes := pg_catalog.to_jsonb(v_outcomes);
END $$;
