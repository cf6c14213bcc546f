-- Appends many decisions in one call, each in a transaction of its own: a refused one refuses no other, and one that waits
-- for somebody else's append holds neither the feed's horizon nor the other streams meanwhile.
--
-- p_decisions: [{stream, expected, events}], events as append_events takes them. p_outcomes: in their order
-- {"version": n}, or {"code": SQL state, "message", "detail"} for one that was refused. What is no decision's own fault
-- (a full disk, a cancelled statement) ends the call; what was decided before it stays.
--
-- The commits are flushed together, before the call returns; see "When an append is on disk" in docs/scaling.md.
--
-- It runs with the caller's rights, because a procedure with others may not commit; append_events asks who calls.
CREATE PROCEDURE append_many(p_decisions jsonb, INOUT p_outcomes jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_decision jsonb;
  v_outcomes jsonb[] := '{}';
  v_version  integer;
  v_state    text;
  v_message  text;
  v_detail   text;
BEGIN
  FOR v_decision IN SELECT pg_catalog.jsonb_array_elements(p_decisions) LOOP
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
  END LOOP;
  -- A commit that wrote nothing flushes nothing, and the last decision may have been refused: this writes.
  PERFORM pg_catalog.pg_logical_emit_message(true, 'append_many', '');
  COMMIT;
  p_outcomes := pg_catalog.to_jsonb(v_outcomes);
END $$;

REVOKE EXECUTE ON PROCEDURE append_many(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE append_many(jsonb, jsonb) TO xf_coordinator;
