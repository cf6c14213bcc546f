-- The days of a series packed by month, so that a trend over thousands of hosts reads a row a month instead of thirty
-- (`npm run bench:trends`). Made from daily_series, in the same transaction as it.
CREATE TABLE series_months (
  probe           text NOT NULL,
  metric          text NOT NULL,
  -- Its beginning, UTC.
  month           timestamptz NOT NULL,
  host_id         text NOT NULL,
  boot_state_hash text NOT NULL,
  executor        text NOT NULL,
  provenance      text NOT NULL,
  -- Which days there are: bit 0 is the first of the month.
  days            integer NOT NULL,
  -- Of each day in order: runs (int4), p50_cycles, p50_ns (float8, NaN where it is not known), all big-endian.
  medians         bytea NOT NULL,
  -- Of each day in order: q1_cycles, q3_cycles, q1_ns, q3_ns (float8).
  quartiles       bytea NOT NULL,
  PRIMARY KEY (probe, metric, month, host_id, boot_state_hash, executor, provenance)
);
-- Read whole and in rows of 0.6 to 1.7 kB: not worth to be compressed or to be put elsewhere.
ALTER TABLE series_months ALTER COLUMN medians SET STORAGE PLAIN, ALTER COLUMN quartiles SET STORAGE EXTERNAL;
CREATE INDEX series_months_of_host ON series_months (host_id, month);
GRANT SELECT, INSERT, UPDATE, DELETE ON series_months TO xf_coordinator;
GRANT SELECT ON series_months TO xf_reader;

INSERT INTO series_months
  SELECT probe, metric, date_trunc('month', day, 'UTC') AS month, host_id, boot_state_hash, executor, provenance,
         bit_or(1 << (extract(day FROM day AT TIME ZONE 'UTC')::integer - 1)),
         string_agg(int4send(runs) || float8send(p50_cycles) || float8send(coalesce(p50_ns, 'NaN')), '' ORDER BY day),
         string_agg(float8send(q1_cycles) || float8send(q3_cycles) || float8send(coalesce(q1_ns, 'NaN')) || float8send(coalesce(q3_ns, 'NaN')), '' ORDER BY day)
    FROM daily_series GROUP BY probe, metric, month, host_id, boot_state_hash, executor, provenance;
