-- Schedules, as their streams tell them. Fills itself from history.
CREATE TABLE schedules (
  name           text PRIMARY KEY,
  stream_version integer NOT NULL,
  state          text NOT NULL,
  -- As GET /v1/schedules tells it, but for when it is due next.
  view           jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON schedules TO xf_coordinator;
GRANT SELECT ON schedules TO xf_reader;
