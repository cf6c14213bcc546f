-- Of each run's own quantiles the median over the day's runs, for bands over runs: null until this read model's next version has
-- filled itself from history.
ALTER TABLE daily_series
  ADD COLUMN p5_cycles  double precision,
  ADD COLUMN p95_cycles double precision,
  ADD COLUMN p99_cycles double precision;
