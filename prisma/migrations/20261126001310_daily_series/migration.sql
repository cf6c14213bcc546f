-- A series (host × executor × probe × metric × provenance) day by day under each of its boot states, for trends over years: a
-- row a day instead of one a run. Days are UTC, of when the runs ended.
CREATE TABLE daily_series (
  day             timestamptz NOT NULL,
  host_id         text NOT NULL,
  boot_state_hash text NOT NULL,
  executor        text NOT NULL,
  probe           text NOT NULL,
  metric          text NOT NULL,
  provenance      text NOT NULL,
  runs            integer NOT NULL,
  samples         bigint NOT NULL,
  -- Exact quartiles (type 7) of the runs' medians; a run counts once, however many samples it has.
  q1_cycles       double precision NOT NULL,
  p50_cycles      double precision NOT NULL,
  q3_cycles       double precision NOT NULL,
  -- Each run's by its own TSC rate; null where that is not known.
  q1_ns           double precision,
  p50_ns          double precision,
  q3_ns           double precision,
  -- All samples of the runs (libs/stats).
  histogram       bytea NOT NULL,
  PRIMARY KEY (probe, metric, day, host_id, boot_state_hash, executor, provenance)
);
CREATE INDEX daily_series_of_host ON daily_series (host_id, day);
GRANT SELECT, INSERT, UPDATE, DELETE ON daily_series TO xf_coordinator;
GRANT SELECT ON daily_series TO xf_reader;
