-- The labels that people put on runs afterwards, for selectors (annotation.ticket=T-1). Fills itself from history.
CREATE TABLE run_annotations (
  run_id uuid PRIMARY KEY,
  labels jsonb NOT NULL
);
CREATE INDEX run_annotations_labels ON run_annotations USING gin (labels jsonb_path_ops);
GRANT SELECT, INSERT, UPDATE, DELETE ON run_annotations TO xf_coordinator;
GRANT SELECT ON run_annotations TO xf_reader;

-- Operators' labels whose names are a run's own terms now are reached as label.<name>.
INSERT INTO label_values (key, value)
  SELECT 'label.' || key, value FROM label_values
   WHERE key IN ('job', 'run', 'executor', 'since', 'until') OR starts_with(key, 'annotation.')
  ON CONFLICT DO NOTHING;

