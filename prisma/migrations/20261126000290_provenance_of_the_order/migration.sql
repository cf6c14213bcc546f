-- A run's executor is that of its first order, which only the coordinator can give. Later ones may come from a worker
-- that gives an attempt up, and could name another executor to pass a simulated run off as measured.
CREATE OR REPLACE FUNCTION refuse_unfit_provenance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_executor text;
  v_said     text := NEW.data->>'provenance';
  v_label    text := NEW.data->'labels'->>'provenance';
BEGIN
  SELECT data->>'executor' INTO v_executor FROM events
   WHERE stream = NEW.stream AND version = 1 AND type = 'RunQueued';
  IF v_executor IS NULL OR NOT provenance_fits(v_executor, v_said) OR v_label <> v_said THEN
    RAISE EXCEPTION 'RunStarted in %: figures of executor % can not be %, labelled %',
      NEW.stream, coalesce(v_executor, '(none was queued)'), coalesce(v_said, '(nothing)'), coalesce(v_label, '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
