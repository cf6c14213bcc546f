-- What the board of one run draws of its samples and its log, whose bytes the boards' login may not read. One projection, `run_course`.

-- A run in stretches of its faults, by their numbers: what was lost is a gap.
CREATE TABLE run_stretches (
  run_id           uuid NOT NULL,
  metric           text NOT NULL,
  faults_a_stretch integer NOT NULL,
  -- TSC cycles of each stretch; null of one without a valid sample.
  medians          real[] NOT NULL,
  p95s             real[] NOT NULL,
  PRIMARY KEY (run_id, metric)
);
-- The first lines of its log that are the measurement's, each cut where it is long.
CREATE TABLE run_lines (
  run_id uuid PRIMARY KEY,
  lines  text[] NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON run_stretches, run_lines TO xf_coordinator;
GRANT SELECT ON run_stretches, run_lines TO xf_reader;
