-- A boot state is an event of its own stream, boot-state-<hash>, and a start names the hash. What is stored under a hash
-- is what has that hash: PostgreSQL computes it, whoever brings it. Starts of version 1, which carry the whole state, stay.

-- As canonicalJson in libs/lifecycle/src/boot-state-hash.ts.
CREATE FUNCTION canonical_json(p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN CASE jsonb_typeof(p_value)
    WHEN 'object' THEN (
      SELECT '{' || coalesce(string_agg(to_json(key)::text || ':' || CASE
               WHEN jsonb_typeof(value) IN ('object', 'array') THEN canonical_json(value) ELSE value::text
             END, ',' ORDER BY key COLLATE "C"), '') || '}' FROM jsonb_each(p_value))
    WHEN 'array' THEN (
      SELECT '[' || coalesce(string_agg(canonical_json(value), ',' ORDER BY i), '') || ']'
        FROM jsonb_array_elements(p_value) WITH ORDINALITY AS t(value, i))
    ELSE p_value::text
  END;
END $$;

-- As hashBootState, there too: the TSC's rate counts in whole MHz, halves up.
CREATE FUNCTION boot_state_hash(p_boot_state jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(canonical_json(CASE jsonb_typeof(p_boot_state->'tscKhz')
    WHEN 'number' THEN p_boot_state || jsonb_build_object(
      'tscKhz', floor((p_boot_state->>'tscKhz')::float8 / 1000 + 0.5)::numeric)
    ELSE p_boot_state
  END), 'UTF8')), 'hex')
$$;

CREATE FUNCTION refuse_false_boot_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_hash text := boot_state_hash(NEW.data->'bootState');
BEGIN
  IF v_hash IS DISTINCT FROM NEW.data->>'bootStateHash' OR NEW.stream <> 'boot-state-' || v_hash OR NEW.version <> 1 THEN
    RAISE EXCEPTION 'BootStateObserved in %: its boot state has the hash %, not %',
      NEW.stream, coalesce(v_hash, '(none: there is no boot state)'), coalesce(NEW.data->>'bootStateHash', '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER boot_state_observed BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.type = 'BootStateObserved')
  EXECUTE FUNCTION refuse_false_boot_state();

CREATE FUNCTION refuse_unknown_boot_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_hash text := NEW.data->>'bootStateHash';
BEGIN
  IF NEW.schema_version < 2 THEN
    IF boot_state_hash(NEW.data->'bootState') IS DISTINCT FROM v_hash THEN
      RAISE EXCEPTION 'RunStarted in %: its boot state has the hash %, not %', NEW.stream,
        coalesce(boot_state_hash(NEW.data->'bootState'), '(none: there is no boot state)'), coalesce(v_hash, '(nothing)')
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.data ? 'bootState' THEN
    RAISE EXCEPTION 'RunStarted in %: version % names its boot state and does not carry it', NEW.stream, NEW.schema_version
      USING ERRCODE = 'check_violation';
  -- Before it in the feed as well, or a reader would meet a hash that it can't look up.
  ELSIF NOT EXISTS (SELECT FROM events WHERE stream = 'boot-state-' || v_hash AND version = 1
                       AND (xid, position) < (NEW.xid, NEW.position)) THEN
    RAISE EXCEPTION 'RunStarted in %: no boot state with the hash % was observed before', NEW.stream, coalesce(v_hash, '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_started_boot_state BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.type = 'RunStarted')
  EXECUTE FUNCTION refuse_unknown_boot_state();

-- A worker's boot state, for a run that is queued to one of its hosts. What is known already stays as it is.
CREATE FUNCTION worker_observe_boot_state(p_token text, p_run_stream text, p_event jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_worker worker_tokens := worker_of_token(p_token);
  v_stream text := 'boot-state-' || (p_event->'data'->>'bootStateHash');
BEGIN
  IF sheet_for_worker(v_worker, p_run_stream, 2147483647) IS NULL THEN
    RAISE EXCEPTION 'worker % may only bring boot states of runs that are queued to its hosts, not of %',
      v_worker.worker_id, p_run_stream USING ERRCODE = '42501';
  END IF;
  IF p_event->>'type' IS DISTINCT FROM 'BootStateObserved' THEN
    RAISE EXCEPTION 'worker % may not append this as a boot state: %', v_worker.worker_id, coalesce(p_event->>'type', 'an event without a type')
      USING ERRCODE = '42501';
  END IF;
  -- Looks first: an insert that finds its row there would have burnt a place in the feed.
  IF EXISTS (SELECT FROM events WHERE stream = v_stream) THEN
    RETURN;
  END IF;
  INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor)
  VALUES ((p_event->>'eventId')::uuid, v_stream, 1, 'BootStateObserved', (p_event->>'schemaVersion')::integer,
          p_event->'data', (p_event->>'correlationId')::uuid, (p_event->>'causationId')::uuid, 'worker:' || v_worker.worker_id)
      ON CONFLICT DO NOTHING;
END $$;
REVOKE ALL ON FUNCTION worker_observe_boot_state FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worker_observe_boot_state TO xf_worker;
