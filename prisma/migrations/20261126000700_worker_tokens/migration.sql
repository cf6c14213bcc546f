-- A worker's login is shared by all workers, so it says nothing of who writes. Each worker has a token besides, and writes
-- and reads through functions that ask for it.

-- One row a worker. Its hosts are those that it holds in worker_presence, so that a host that another worker took over is
-- lost at the same moment. Deleting the row revokes the token.
CREATE TABLE worker_tokens (
  worker_id   text        PRIMARY KEY,
  instance_id uuid        NOT NULL,
  token_hash  bytea       NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  -- Who registered it (api_keys.key_id, local or bootstrap): its tokens go when the key is revoked.
  key_id      text        NOT NULL,
  issued_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_tokens TO xf_coordinator;

-- The last RunQueued before a version is looked for at every append of a worker, whatever the stream's length.
CREATE INDEX events_run_queued ON events (stream, version) WHERE type = 'RunQueued';

-- The worker that a token belongs to. Raises 42501 when there is none.
CREATE FUNCTION worker_of_token(p_token text) RETURNS worker_tokens
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_worker worker_tokens;
BEGIN
  SELECT * INTO v_worker FROM worker_tokens WHERE token_hash = sha256(convert_to(p_token, 'UTF8'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this token belongs to no worker: it was revoked, or another process registered under the same id'
      USING ERRCODE = '42501';
  END IF;
  RETURN v_worker;
END $$;
REVOKE ALL ON FUNCTION worker_of_token FROM PUBLIC;

-- What was queued last in a run's stream, up to a version, when its host is this worker's; otherwise null.
CREATE FUNCTION sheet_for_worker(p_worker worker_tokens, p_stream text, p_until integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT queued.data FROM (
    SELECT data FROM events
     WHERE stream = p_stream AND type = 'RunQueued' AND version <= p_until AND p_stream LIKE 'run-%'
     ORDER BY version DESC LIMIT 1
  ) AS queued
    JOIN worker_presence AS held ON held.host_id = queued.data->>'hostId'
   WHERE held.worker_id = p_worker.worker_id AND held.instance_id = p_worker.instance_id
$$;
REVOKE ALL ON FUNCTION sheet_for_worker FROM PUBLIC;

-- The events of a run that was queued to one of the worker's hosts, oldest first; of any other stream none.
CREATE FUNCTION worker_read(p_token text, p_stream text)
RETURNS TABLE (event_id uuid, stream text, version integer, type text, schema_version integer, data jsonb,
               correlation_id uuid, causation_id uuid, actor text, recorded_at timestamptz, xid xid8, "position" bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF sheet_for_worker(worker_of_token(p_token), p_stream, 2147483647) IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT e.event_id, e.stream, e.version, e.type, e.schema_version, e.data, e.correlation_id,
                      e.causation_id, e.actor, e.recorded_at, e.xid, e.position
                 FROM events e WHERE e.stream = p_stream ORDER BY e.version;
END $$;
REVOKE ALL ON FUNCTION worker_read FROM PUBLIC;

-- How many samples a packed batch says that it holds (libs/samples/src/encode.ts): X S version mask, then as varints the
-- CPU and the count. Null for anything else.
CREATE FUNCTION packed_samples(p_packed bytea) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_at    integer := 4;
  v_value bigint;
  v_shift integer;
  v_byte  integer;
BEGIN
  IF length(p_packed) < 6 OR substr(p_packed, 1, 2) <> '\x5853' THEN
    RETURN NULL;
  END IF;
  FOR field IN 1..2 LOOP
    v_value := 0;
    v_shift := 0;
    LOOP
      IF v_at >= length(p_packed) OR v_shift > 28 THEN
        RETURN NULL;
      END IF;
      v_byte := get_byte(p_packed, v_at);
      v_value := v_value | ((v_byte & 127)::bigint << v_shift);
      v_at := v_at + 1;
      v_shift := v_shift + 7;
      EXIT WHEN v_byte < 128;
    END LOOP;
  END LOOP;
  RETURN v_value;
END $$;

-- Appends a worker's events to the run of one of its hosts, as append_events does (arguments, return value, XF001, XF002),
-- with the worker as actor. Raises 42501 for what a worker may not write; the message says what.
CREATE FUNCTION worker_append(p_token text, p_stream text, p_expected integer, p_events jsonb, p_samples bytea[],
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
BEGIN
  IF v_sheet IS NULL THEN
    RAISE EXCEPTION 'worker % may only append to runs that are queued to its hosts, not to stream % at version %',
      v_worker.worker_id, p_stream, p_expected USING ERRCODE = '42501';
  END IF;
  v_run := substr(p_stream, 5)::uuid;
  -- When the stream has not come that far, append_events says so.
  SELECT type INTO v_last FROM events WHERE stream = p_stream AND version = p_expected;
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
  END LOOP;

  RETURN append_events(
    p_stream, p_expected,
    (SELECT jsonb_agg(e || jsonb_build_object('actor', 'worker:' || v_worker.worker_id) ORDER BY i)
       FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)),
    p_samples, p_raw);
END $$;
REVOKE ALL ON FUNCTION worker_append FROM PUBLIC;

GRANT EXECUTE ON FUNCTION worker_read, worker_append TO xf_worker;
REVOKE EXECUTE ON FUNCTION append_events FROM xf_worker;
REVOKE SELECT ON events FROM xf_worker;
