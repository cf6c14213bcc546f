-- What the database weighed, hour by hour, for the board's line of its growth. No event tells it, so no rebuild touches it; a year is
-- 8,760 rows of 64 bytes.
CREATE TABLE database_sizes (
  hour           timestamptz PRIMARY KEY,
  -- Bytes on disk, indexes included: the whole; of it the events, and what they were read from.
  database_bytes bigint NOT NULL,
  events_bytes   bigint NOT NULL,
  raw_bytes      bigint NOT NULL
);
GRANT SELECT, INSERT ON database_sizes TO xf_coordinator;
GRANT SELECT ON database_sizes TO xf_reader;
