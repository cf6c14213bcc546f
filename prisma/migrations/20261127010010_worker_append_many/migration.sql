-- Appends of a worker, several in one call, each by itself as worker_append takes it and in a transaction of its own: a refused
-- one refuses no other, and one that waits for somebody else's append holds neither the feed's horizon nor the other
-- streams meanwhile. All is flushed before the call returns.
--
-- p_decisions: [{stream, expected, events, sizes}]; sizes has for each event null, or the bytes of its samples and of its
-- raw log. p_payloads: all of them one behind the other. p_outcomes: as append_many's.
--
-- It runs with the caller's rights, because a procedure with others may not commit; worker_append asks whose token it is.
CREATE PROCEDURE worker_append_many(p_token text, p_decisions jsonb, p_payloads bytea, INOUT p_outcomes jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_decision jsonb;
  v_size     jsonb;
  v_samples  bytea[];
  v_raw      bytea[];
  v_at       integer := 1;
  v_outcomes jsonb[] := '{}';
  v_version  integer;
  v_state    text;
  v_message  text;
  v_detail   text;
BEGIN
  FOR v_decision IN SELECT pg_catalog.jsonb_array_elements(p_decisions) LOOP
    v_samples := '{}';
    v_raw := '{}';
    IF EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(v_decision->'sizes') AS t (size) WHERE size <> 'null') THEN
      FOR v_size IN SELECT pg_catalog.jsonb_array_elements(v_decision->'sizes') LOOP
        IF v_size = 'null' THEN
          v_samples := pg_catalog.array_append(v_samples, NULL);
          v_raw := pg_catalog.array_append(v_raw, NULL);
        ELSE
          v_samples := pg_catalog.array_append(v_samples, pg_catalog.substr(p_payloads, v_at, (v_size->>0)::integer));
          v_at := v_at + (v_size->>0)::integer;
          v_raw := pg_catalog.array_append(v_raw, pg_catalog.substr(p_payloads, v_at, (v_size->>1)::integer));
          v_at := v_at + (v_size->>1)::integer;
        END IF;
      END LOOP;
    END IF;
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    BEGIN
      v_version := public.worker_append(p_token, v_decision->>'stream', (v_decision->>'expected')::integer,
                                        v_decision->'events', v_samples, v_raw);
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_version);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
      -- Ours; data; integrity; rights; limits. Another class may pass, and would meet the next append as well.
      IF v_state !~ '^(XF|22|23|42|54)' THEN
        RAISE;
      END IF;
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('code', v_state, 'message', v_message, 'detail', v_detail);
    END;
    COMMIT;
  END LOOP;
  -- A commit that wrote nothing flushes nothing, and the last may have been refused: this writes.
  PERFORM pg_catalog.pg_logical_emit_message(true, 'worker_append_many', '');
  COMMIT;
  p_outcomes := pg_catalog.to_jsonb(v_outcomes);
END $$;

REVOKE EXECUTE ON PROCEDURE worker_append_many(text, jsonb, bytea, jsonb) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE worker_append_many(text, jsonb, bytea, jsonb) TO xf_worker;
