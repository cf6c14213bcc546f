-- Which boot a run was in, so that boots under one boot state can be told apart. Null: its worker did not say.
ALTER TABLE runs ADD COLUMN boot_id text;

-- What the grouped median of a coarse clock needs. The projection's next version fills them from history; until then they are null.
ALTER TABLE run_results
  ADD COLUMN step_cycles integer,
  -- Valid samples below the median, and of its very value (none where it lies between two).
  ADD COLUMN below_p50 bigint,
  ADD COLUMN at_p50 bigint;

-- How much a host's figures scatter when nothing changes: within runs, between runs of one boot and day, between boots, between days.
-- Standard deviations of logarithms, so shares of the level. Over each series' newest runs, within boot states.
CREATE TABLE host_noise (
  host_id       text NOT NULL,
  executor      text NOT NULL,
  probe         text NOT NULL,
  metric        text NOT NULL,
  provenance    text NOT NULL,
  runs          integer NOT NULL,
  boots         integer NOT NULL,
  days          integer NOT NULL,
  within_run_sd double precision NOT NULL,
  -- Null: the runs can't tell. The degrees of freedom say how well it is known.
  run_sd        double precision,
  run_degrees   integer NOT NULL,
  boot_sd       double precision,
  boot_degrees  integer NOT NULL,
  day_sd        double precision,
  day_degrees   integer NOT NULL,
  PRIMARY KEY (host_id, executor, probe, metric, provenance)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON host_noise TO xf_coordinator;
GRANT SELECT ON host_noise TO xf_reader;
