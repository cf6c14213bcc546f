-- What the board Operations counts, an hour, a day or a month at a time: from a million rows of runs it took 0.5 to 1.8 s a panel
-- (`npm run bench:boards -- --runs 1000000`). One projection, `ended_runs`; all of it by when a run ended. Runs that were never started have
-- no provenance and are in none of these.

-- Runs of an hour by how they ended.
CREATE TABLE ended_runs (
  provenance text NOT NULL,
  -- Its beginning, UTC.
  hour       timestamptz NOT NULL,
  -- completed, failed or abandoned.
  state      text NOT NULL,
  -- Code of the failure; empty of completed runs.
  reason     text NOT NULL,
  runs       integer NOT NULL,
  faults     bigint NOT NULL,
  samples    bigint NOT NULL,
  lost       bigint NOT NULL,
  PRIMARY KEY (provenance, hour, state, reason)
);
-- Samples missing from the logs of the last attempts of an hour's runs.
CREATE TABLE lost_samples (
  provenance text NOT NULL,
  hour       timestamptz NOT NULL,
  reason     text NOT NULL,
  samples    bigint NOT NULL,
  PRIMARY KEY (provenance, hour, reason)
);
-- Seconds from a run's order to its start, exactly: quantiles of hours can't be made into those of days.
CREATE TABLE queue_waits (
  provenance text NOT NULL,
  -- hour or day.
  span       text NOT NULL,
  begins     timestamptz NOT NULL,
  runs       integer NOT NULL,
  median_s   double precision NOT NULL,
  p95_s      double precision NOT NULL,
  PRIMARY KEY (provenance, span, begins)
);
-- Completed runs of a host in a month, and on each of its days, from the first to the 31st: a row for each day would be as many as runs.
CREATE TABLE host_runs (
  provenance text NOT NULL,
  month      timestamptz NOT NULL,
  host_id    text NOT NULL,
  completed  integer NOT NULL,
  by_day     integer[] NOT NULL,
  PRIMARY KEY (provenance, month, host_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ended_runs, lost_samples, queue_waits, host_runs TO xf_coordinator;
GRANT SELECT ON ended_runs, lost_samples, queue_waits, host_runs TO xf_reader;

-- The latest runs with losses without reading all others.
CREATE INDEX runs_with_losses ON runs (ended_at DESC) WHERE lost > 0 OR damaged_lines > 0;
-- Losses over time were counted by it, one by one.
DROP INDEX run_gaps_over_time;

-- The levels of a line's hosts in ns: in cycles, hosts of other clock rates lie apart by those. Null where a host's clock is not known, and in
-- rows of earlier releases until they are refilled.
ALTER TABLE daily_cells
  ADD COLUMN lowest_ns  double precision,
  ADD COLUMN median_ns  double precision,
  ADD COLUMN highest_ns double precision;
