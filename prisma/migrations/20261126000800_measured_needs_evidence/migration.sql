-- `measured` needs evidence: a start without it is refused, and what earlier releases called measured counts as unknown.
CREATE OR REPLACE FUNCTION refuse_unfit_provenance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_executor text;
  v_said     text := NEW.data->>'provenance';
  v_label    text := NEW.data->'labels'->>'provenance';
BEGIN
  -- The first order, which only the coordinator can give: a later one may come from a worker that gives an attempt up.
  SELECT data->>'executor' INTO v_executor FROM events
   WHERE stream = NEW.stream AND version = 1 AND type = 'RunQueued';
  IF v_executor IS NULL OR NOT provenance_fits(v_executor, v_said) OR v_label <> v_said THEN
    RAISE EXCEPTION 'RunStarted in %: figures of executor % can not be %, labelled %',
      NEW.stream, coalesce(v_executor, '(none was queued)'), coalesce(v_said, '(nothing)'), coalesce(v_label, '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  IF v_said = 'measured' AND jsonb_typeof(NEW.data->'evidence') IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'RunStarted in %: a run is measured only with evidence of it', NEW.stream USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- The read model as a rebuild would give it. The events stay as they are.
CREATE TEMPORARY TABLE without_evidence ON COMMIT DROP AS
SELECT run_id FROM runs
 WHERE provenance = 'measured'
   AND NOT EXISTS (SELECT FROM events WHERE stream = 'run-' || runs.run_id AND type = 'RunStarted' AND data ? 'evidence');
UPDATE runs SET provenance = 'unknown', labels = labels || '{"provenance": "unknown"}'
 WHERE run_id IN (SELECT run_id FROM without_evidence);
UPDATE run_results SET provenance = 'unknown' WHERE run_id IN (SELECT run_id FROM without_evidence);
-- Up to here no release stored evidence and `unknown` hours side by side, so the hours move as a whole.
UPDATE hourly_results AS hours SET provenance = 'unknown'
 WHERE provenance = 'measured'
   AND NOT EXISTS (SELECT FROM run_results r
                    WHERE r.metric = hours.metric AND r.provenance = 'measured' AND r.generation = hours.generation
                      AND r.virtualization = hours.virtualization AND date_trunc('hour', r.ended_at, 'UTC') = hours.hour)
   AND NOT EXISTS (SELECT FROM hourly_results other
                    WHERE (other.hour, other.generation, other.virtualization, other.metric)
                        = (hours.hour, hours.generation, hours.virtualization, hours.metric) AND other.provenance = 'unknown');
INSERT INTO label_values (key, value) SELECT 'provenance', 'unknown' WHERE EXISTS (SELECT FROM without_evidence) ON CONFLICT DO NOTHING;
