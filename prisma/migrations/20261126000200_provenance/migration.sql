-- Provenance follows from what executed a run, not from what a worker says of it.

-- What an executor's figures can be; a test compares it with libs/contracts/src/probes.ts. What runs on a machine is
-- never simulated, so that a new executor of that sort needs no change here.
CREATE FUNCTION provenance_fits(p_executor text, p_provenance text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(CASE p_executor
    WHEN 'simulator' THEN p_provenance = 'simulated'
    ELSE p_provenance IN ('measured', 'emulated', 'unknown')
  END, false)
$$;

-- A trigger, not a line in append_events, so that it holds whatever way an event gets in.
CREATE FUNCTION refuse_unfit_provenance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_executor text;
  v_said     text := NEW.data->>'provenance';
  v_label    text := NEW.data->'labels'->>'provenance';
BEGIN
  SELECT data->>'executor' INTO v_executor FROM events
   WHERE stream = NEW.stream AND version < NEW.version AND type = 'RunQueued'
   ORDER BY version DESC LIMIT 1;
  IF v_executor IS NULL OR NOT provenance_fits(v_executor, v_said) OR v_label <> v_said THEN
    RAISE EXCEPTION 'RunStarted in %: figures of executor % can not be %, labelled %',
      NEW.stream, coalesce(v_executor, '(none was queued)'), coalesce(v_said, '(nothing)'), coalesce(v_label, '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION refuse_unfit_provenance FROM PUBLIC;
CREATE TRIGGER run_started_provenance BEFORE INSERT ON events
  FOR EACH ROW WHEN (NEW.type = 'RunStarted') EXECUTE FUNCTION refuse_unfit_provenance();

-- What earlier releases let through: the read model no longer repeats it. The events stay as they are. Hourly roll-ups
-- have such runs merged in and are not taken apart here.
UPDATE run_results SET provenance = CASE runs.executor WHEN 'simulator' THEN 'simulated' ELSE 'unknown' END
  FROM runs
 WHERE runs.run_id = run_results.run_id AND NOT provenance_fits(runs.executor, run_results.provenance);
UPDATE runs
   SET provenance = CASE executor WHEN 'simulator' THEN 'simulated' ELSE 'unknown' END,
       labels = labels || jsonb_build_object('provenance', CASE executor WHEN 'simulator' THEN 'simulated' ELSE 'unknown' END)
 WHERE provenance IS NOT NULL AND NOT provenance_fits(executor, provenance);
ALTER TABLE runs ADD CONSTRAINT runs_provenance_fits CHECK (provenance IS NULL OR provenance_fits(executor, provenance));
