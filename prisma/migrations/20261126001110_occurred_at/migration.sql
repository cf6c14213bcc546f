-- When something happened, besides when it was recorded. Null: when it was recorded, as all that was stored up to here; the
-- store gives either as occurred_at (libs/event-store/src/read.ts).
ALTER TABLE events ADD COLUMN occurred_at timestamptz;
-- Not validated: there is nothing in the new column that could break it, and reading it all would hold up every append.
ALTER TABLE events ADD CONSTRAINT events_occurred_before_recorded
  CHECK (occurred_at BETWEEN '1970-01-01T00:00:00Z' AND recorded_at) NOT VALID;

-- Appends events to one stream, all or none, in one statement.
--   p_expected  version that the stream must have (0: must be empty)
--   p_events    [{eventId, type, schemaVersion, data, correlationId, causationId, actor, occurredAt?}]; a time to come is
--               taken for now, and none means that it happened when it was recorded
--   p_samples, p_raw  as long as p_events, or empty; null where the event carries no samples
-- Returns the stream's version after the append. The same event ids again change nothing and return the version that
-- the first append reached. Raises
--   XF001  the stream has moved on; the actual version stands in the detail
--   XF002  the ids are in use elsewhere, repeated, or only partly stored: a bug of the caller, trying again is no use
--   42501  a worker may only go on with runs that the coordinator has queued
CREATE OR REPLACE FUNCTION append_events(p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_count    integer := jsonb_array_length(p_events);
  v_ids      uuid[];
  v_own      uuid[] := '{}';
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
  v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);

  -- Looks first, then inserts: what two appends at once slip past is caught by the unique keys, where the second waits
  -- until the first has ended. So the rows that ON CONFLICT leaves out belong to a committed append.
  SELECT coalesce(max(version), 0) INTO v_version FROM events WHERE stream = p_stream;
  IF v_version = p_expected THEN
    WITH inserted AS (
      INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor,
                          recorded_at, occurred_at)
      SELECT (e->>'eventId')::uuid, p_stream, p_expected + i, e->>'type', (e->>'schemaVersion')::integer, e->'data',
             (e->>'correlationId')::uuid, (e->>'causationId')::uuid, e->>'actor', v_now,
             -- A comparison with null would give now.
             CASE WHEN e->>'occurredAt' IS NOT NULL THEN least((e->>'occurredAt')::timestamptz, v_now) END
        FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)
       ORDER BY i
          ON CONFLICT DO NOTHING
      RETURNING event_id
    )
    SELECT coalesce(array_agg(event_id), '{}') INTO v_own FROM inserted;
    IF cardinality(v_own) = v_count THEN
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
    SELECT coalesce(max(version), 0) INTO v_version FROM events WHERE stream = p_stream AND event_id <> ALL (v_own);
  END IF;

  -- Not stored now. Perhaps it was before: a retry after a lost answer, or beside its own original.
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

DROP FUNCTION worker_read;
-- The events of a run that was queued to one of the worker's hosts, oldest first; of any other stream none.
CREATE FUNCTION worker_read(p_token text, p_stream text)
RETURNS TABLE (event_id uuid, stream text, version integer, type text, schema_version integer, data jsonb,
               correlation_id uuid, causation_id uuid, actor text, recorded_at timestamptz, xid xid8, "position" bigint,
               occurred_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF sheet_for_worker(worker_of_token(p_token), p_stream, 2147483647) IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT e.event_id, e.stream, e.version, e.type, e.schema_version, e.data, e.correlation_id,
                      e.causation_id, e.actor, e.recorded_at, e.xid, e.position, e.occurred_at
                 FROM events e WHERE e.stream = p_stream ORDER BY e.version;
END $$;
REVOKE ALL ON FUNCTION worker_read FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worker_read TO xf_worker;

-- Appends a worker's events to the run of one of its hosts, as append_events does (arguments, return value, XF001, XF002),
-- with the worker as actor. Raises 42501 for what a worker may not write; the message says what.
--   occurredAt  by the worker's clock, and sentAt, when it sent the events by the same clock: only how long ago it was is
--               believed, because a clock that is wrong is so at both times. What comes out is bounded: not before the
--               event before it in the stream (for the first of an attempt, its RunQueued), not after now.
CREATE OR REPLACE FUNCTION worker_append(p_token text, p_stream text, p_expected integer, p_events jsonb, p_samples bytea[],
                              p_raw bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_worker  worker_tokens := worker_of_token(p_token);
  v_sheet   jsonb := sheet_for_worker(v_worker, p_stream, p_expected);
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
  IF v_sheet IS NULL THEN
    RAISE EXCEPTION 'worker % may only append to runs that are queued to its hosts, not to stream % at version %',
      v_worker.worker_id, p_stream, p_expected USING ERRCODE = '42501';
  END IF;
  v_run := substr(p_stream, 5)::uuid;
  -- When the stream has not come that far, append_events says so.
  SELECT type, coalesce(occurred_at, recorded_at) INTO v_last, v_since FROM events
   WHERE stream = p_stream AND version = p_expected;
  -- Those of this very append count as not there: it may be a repetition.
  v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);
  SELECT batch + 1 INTO v_batches FROM sample_batches
   WHERE run_id = v_run AND attempt = (v_sheet->>'attempt')::integer AND event_id <> ALL (v_ids)
   ORDER BY batch DESC LIMIT 1;
  v_batches := coalesce(v_batches, 0);

  FOR v_event, v_i IN SELECT e, i FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i) ORDER BY i LOOP
    v_type := v_event->>'type';
    v_data := v_event->'data';
    v_wrong := CASE
      WHEN v_type IS NULL OR v_type NOT IN ('RunStarted', 'CrossingSamplesRecorded', 'KernelLogGapObserved', 'RunCompleted',
                                            'RunFailed', 'RunAbandoned', 'RunQueued')
        THEN 'is none of a worker''s'
      WHEN v_data->>'runId' IS DISTINCT FROM v_sheet->>'runId' THEN 'names another run'
      WHEN v_type <> 'RunQueued' AND v_data->'attempt' IS DISTINCT FROM v_sheet->'attempt' THEN 'is of another attempt'
      WHEN v_type = 'RunQueued' AND (v_last IS DISTINCT FROM 'RunAbandoned' OR v_i = 1)
        THEN 'may only follow the attempt that is given up with it'
      WHEN v_type = 'RunStarted' AND v_last <> 'RunQueued' THEN 'follows ' || v_last
      WHEN v_type NOT IN ('RunStarted', 'RunQueued')
           AND v_last NOT IN ('RunStarted', 'CrossingSamplesRecorded', 'KernelLogGapObserved') THEN 'follows ' || v_last
    END;
    IF v_wrong IS NULL THEN
      CASE v_type
        WHEN 'RunStarted' THEN
          v_wrong := CASE
            WHEN v_i = 1 AND v_data->>'workerId' IS DISTINCT FROM v_worker.worker_id THEN 'names another worker'
            WHEN v_data->'labels'->>'host' IS DISTINCT FROM v_sheet->>'hostId' THEN 'is labelled with another host'
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
             AND data->'attempt' = v_sheet->'attempt';
          v_wrong := CASE
            WHEN v_data->'faults' IS DISTINCT FROM v_sheet->'faults' THEN 'has other faults than were asked for'
            WHEN (v_data->>'samples')::bigint IS DISTINCT FROM v_sum
              THEN 'has ' || coalesce(v_data->>'samples', 'no') || ' samples, its batches ' || v_sum
            WHEN (v_data->>'batches')::bigint IS DISTINCT FROM v_batches
              THEN 'has ' || coalesce(v_data->>'batches', 'no') || ' batches, ' || v_batches || ' are stored'
            WHEN (v_data->>'lost')::bigint < 0 OR (v_data->>'rejected')::bigint < 0
                 OR v_sum + (v_data->>'lost')::bigint + (v_data->>'rejected')::bigint
                    IS DISTINCT FROM (v_sheet->>'faults')::bigint
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
            WHEN v_data - 'attempt' IS DISTINCT FROM v_sheet - 'attempt' THEN 'is of another sheet'
            WHEN (v_data->>'attempt')::integer IS DISTINCT FROM (v_sheet->>'attempt')::integer + 1
              THEN 'is not of the next attempt'
            WHEN v_i < jsonb_array_length(p_events) THEN 'does not stand last'
          END;
        ELSE
          NULL;
      END CASE;
    END IF;
    IF v_wrong IS NOT NULL THEN
      RAISE EXCEPTION 'worker % may not append this to stream %: % %', v_worker.worker_id, p_stream,
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
    (SELECT jsonb_agg(e || jsonb_build_object('actor', 'worker:' || v_worker.worker_id, 'occurredAt', v_times[i]) ORDER BY i)
       FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)),
    p_samples, p_raw);
END $$;

-- A lease counts from when the start was recorded, by the database's clock; started_at is when the attempt began.
ALTER TABLE runs ADD COLUMN leased_from timestamptz;
UPDATE runs SET leased_from = started_at WHERE started_at IS NOT NULL;

-- Losses stand at the time when they happened.
ALTER TABLE run_gaps RENAME COLUMN recorded_at TO occurred_at;
