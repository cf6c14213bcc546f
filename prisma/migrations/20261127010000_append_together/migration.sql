-- Many decisions in one statement and one commit: a tenth of the time of one transaction each.
--
-- Stores those decisions that stand at their stream's end, and leaves the others: it returns the version that each has
-- brought its stream to, in their order, null for one that was left. One that would have to wait for somebody else's append
-- fails the whole, and so does one that can't be stored, so that append_many takes them one by one.
CREATE FUNCTION append_together(p_decisions jsonb) RETURNS integer[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '10ms' AS $$
DECLARE
  v_versions integer[];
  v_partly   boolean;
  v_now      timestamptz := clock_timestamp();
BEGIN
  WITH decision AS MATERIALIZED (
    SELECT place, d->>'stream' AS stream, (d->>'expected')::integer AS expected, d->'events' AS events,
           jsonb_array_length(d->'events') AS events_count,
           row_number() OVER (PARTITION BY d->>'stream' ORDER BY place) AS place_in_stream
      FROM jsonb_array_elements(p_decisions) WITH ORDINALITY AS t (d, place)),
  fitting AS MATERIALIZED (
    SELECT * FROM decision
     WHERE place_in_stream = 1 AND events_count > 0
       AND expected = (SELECT coalesce(max(version), 0) FROM events WHERE events.stream = decision.stream)),
  inserted AS (
    INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor,
                        recorded_at, occurred_at)
    SELECT (e->>'eventId')::uuid, stream, expected + i, e->>'type', (e->>'schemaVersion')::integer, e->'data',
           (e->>'correlationId')::uuid, (e->>'causationId')::uuid, e->>'actor', v_now,
           -- A comparison with null would give now.
           CASE WHEN e->>'occurredAt' IS NOT NULL THEN least((e->>'occurredAt')::timestamptz, v_now) END
      FROM fitting, jsonb_array_elements(events) WITH ORDINALITY AS t (e, i)
     ORDER BY place, i
        ON CONFLICT DO NOTHING
    RETURNING stream),
  stored AS (SELECT stream, count(*) AS events_count FROM inserted GROUP BY stream)
  SELECT array_agg(CASE WHEN place_in_stream = 1 AND stored.stream IS NOT NULL THEN expected + decision.events_count END ORDER BY place),
         bool_or(stored.events_count < decision.events_count AND place_in_stream = 1)
    INTO v_versions, v_partly
    FROM decision LEFT JOIN stored USING (stream);
  IF v_partly THEN
    RAISE EXCEPTION 'append_together: a decision would be stored in part' USING ERRCODE = 'XF002';
  END IF;
  RETURN v_versions;
END $$;

REVOKE EXECUTE ON FUNCTION append_together(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_together(jsonb) TO xf_coordinator;

-- Appends many decisions in one call: all that can be at once, in one transaction; each of the others in one of its own, so
-- that a refused one refuses no other, and one that waits for somebody else's append holds neither the feed's horizon
-- nor the other streams meanwhile.
--
-- p_decisions: [{stream, expected, events}], events as append_events takes them. p_outcomes: in their order
-- {"version": n}, or {"code": SQL state, "message", "detail"} for one that was refused. What is no decision's own fault
-- (a full disk, a cancelled statement) ends the call; what was decided before it stays.
--
-- All is flushed before the call returns; see "When an append is on disk" in docs/scaling.md.
--
-- It runs with the caller's rights, because a procedure with others may not commit; the functions ask who calls.
CREATE OR REPLACE PROCEDURE append_many(p_decisions jsonb, INOUT p_outcomes jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_versions integer[];
  v_decision jsonb;
  v_place    bigint;
  v_outcomes jsonb[] := '{}';
  v_version  integer;
  v_unflushed boolean := false;
  v_state    text;
  v_message  text;
  v_detail   text;
BEGIN
  BEGIN
    v_versions := public.append_together(p_decisions);
  EXCEPTION WHEN OTHERS THEN
    v_versions := '{}'; -- whose fault it was is found below
  END;
  COMMIT;
  FOR v_decision, v_place IN SELECT d, place FROM pg_catalog.jsonb_array_elements(p_decisions) WITH ORDINALITY AS t (d, place) LOOP
    IF v_versions[v_place] IS NOT NULL THEN
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_versions[v_place]);
      CONTINUE;
    END IF;
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    BEGIN
      v_version := public.append_events(
        v_decision->>'stream', (v_decision->>'expected')::integer, v_decision->'events', '{}', '{}');
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_version);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
      -- Ours; data; integrity; rights; limits. Another class may pass, and would meet the next decision as well.
      IF v_state !~ '^(XF|22|23|42|54)' THEN
        RAISE;
      END IF;
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('code', v_state, 'message', v_message, 'detail', v_detail);
    END;
    COMMIT;
    v_unflushed := true;
  END LOOP;
  IF v_unflushed THEN
    -- A commit that wrote nothing flushes nothing, and the last decision may have been refused: this writes.
    PERFORM pg_catalog.pg_logical_emit_message(true, 'append_many', '');
    COMMIT;
  END IF;
  p_outcomes := pg_catalog.to_jsonb(v_outcomes);
END $$;
