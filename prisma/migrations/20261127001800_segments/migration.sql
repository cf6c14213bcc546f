-- Levels of a day that a coarse clock does not round: the geometric mean of the runs' grouped medians (docs/statistics.md), and how
-- far single runs scatter about it, as a standard deviation of logarithms. Null in rows of earlier releases until they are refilled.
ALTER TABLE daily_series
  ADD COLUMN level_cycles double precision,
  ADD COLUMN level_ns     double precision,
  ADD COLUMN run_sd       double precision;

-- What a host was measured under and when: a row for each boot state, so that the border between two is found without reading days.
CREATE TABLE segments (
  host_id         text NOT NULL,
  executor        text NOT NULL,
  provenance      text NOT NULL,
  boot_state_hash text NOT NULL,
  -- Of its newest run.
  labels          jsonb NOT NULL,
  first_ended_at  timestamptz NOT NULL,
  last_ended_at   timestamptz NOT NULL,
  PRIMARY KEY (host_id, executor, provenance, boot_state_hash)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON segments TO xf_coordinator;
GRANT SELECT ON segments TO xf_reader;
