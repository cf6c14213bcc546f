-- Findings: changes without a known cause, as their streams tell them. Fills itself from history.
CREATE TABLE findings (
  finding_id     uuid PRIMARY KEY,
  stream_version integer NOT NULL,
  state          text NOT NULL,
  direction      text NOT NULL,
  hosts          text[] NOT NULL,
  generations    text[] NOT NULL,
  from_day       date NOT NULL,
  to_day         date NOT NULL,
  -- Of fresh runs that nobody has judged yet.
  asked_job_id   uuid,
  muted_until    timestamptz,
  -- As GET /v1/regressions tells it.
  view           jsonb NOT NULL
);
CREATE INDEX findings_listing ON findings (to_day DESC, finding_id DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON findings TO xf_coordinator;
GRANT SELECT ON findings TO xf_reader;

-- Every finding that there is, from the store itself: a look must not miss one that the read model has yet to reach. Partial, so that
-- other appends pay nothing; making it reads the events once.
CREATE INDEX events_findings ON events (stream) WHERE type = 'RegressionSuspected';

-- Looks for findings: who asked, and which coordinator takes it. A holder that stops renewing loses it to the next.
CREATE TABLE regression_looks (
  look_id      uuid PRIMARY KEY,
  asked_by     text NOT NULL,
  asked_at     timestamptz NOT NULL,
  since        timestamptz NOT NULL,
  holder       uuid,
  held_until   timestamptz,
  ended_at     timestamptz,
  series       integer,
  too_short    integer,
  found        integer,
  new_findings integer,
  failure      text
);
-- One at a time.
CREATE UNIQUE INDEX regression_looks_open ON regression_looks ((true)) WHERE ended_at IS NULL;
CREATE INDEX regression_looks_latest ON regression_looks (asked_at DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON regression_looks TO xf_coordinator;
GRANT SELECT ON regression_looks TO xf_reader;
