-- What boards read over years, so that a panel's cost goes by its lines and hosts, not by the days of each host
-- (`npm run bench:boards`). Both are made from daily_series, in the same transaction as it.

-- A day of what a board draws as one line: one generation, bare or VM, under one executor, kernel and KPTI state. Hosts weigh the same.
CREATE TABLE daily_cells (
  provenance     text NOT NULL,
  probe          text NOT NULL,
  metric         text NOT NULL,
  day            timestamptz NOT NULL,
  generation     text NOT NULL,
  virtualization text NOT NULL,
  executor       text NOT NULL,
  kernel         text NOT NULL,
  -- on, off or unknown.
  kpti           text NOT NULL,
  -- Whether its hosts are a demo's.
  demo           boolean NOT NULL,
  hosts          integer NOT NULL,
  -- Medians over the hosts of each host's median over its runs; in ns, null where a host's clock is not known.
  p5_cycles      double precision,
  p50_cycles     double precision NOT NULL,
  p95_cycles     double precision,
  p99_cycles     double precision,
  p5_ns          double precision,
  p50_ns         double precision,
  p95_ns         double precision,
  p99_ns         double precision,
  -- Of the hosts' levels, and the median of their p99 / p50.
  lowest_level   double precision NOT NULL,
  median_level   double precision NOT NULL,
  highest_level  double precision NOT NULL,
  tail           double precision,
  PRIMARY KEY (provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON daily_cells TO xf_coordinator;
GRANT SELECT ON daily_cells TO xf_reader;

-- A month of a host under one boot state: sums that add up over months, and medians over the month's days.
CREATE TABLE monthly_levels (
  provenance      text NOT NULL,
  probe           text NOT NULL,
  metric          text NOT NULL,
  -- Its beginning, UTC.
  month           timestamptz NOT NULL,
  host_id         text NOT NULL,
  boot_state_hash text NOT NULL,
  executor        text NOT NULL,
  first_day       timestamptz NOT NULL,
  last_day        timestamptz NOT NULL,
  -- Days with a level; one of 0 cycles has no logarithm, and is left out.
  days            integer NOT NULL,
  -- Of them, those on which the clock is known.
  clock_days      integer NOT NULL,
  runs            bigint NOT NULL,
  samples         bigint NOT NULL,
  -- Sum over the days of the logarithm of the level.
  day_logs        double precision NOT NULL,
  -- The same, each day as often as it has runs; in cycles, and in ns of the days on which the clock is known.
  run_logs        double precision NOT NULL,
  run_logs_ns     double precision,
  level_cycles    double precision NOT NULL,
  -- Null where the clock of a day is not known.
  p50_ns          double precision,
  -- Mean over the days on which it is known.
  cycles_per_ns   double precision,
  run_sd          double precision,
  PRIMARY KEY (provenance, probe, metric, month, host_id, boot_state_hash, executor)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON monthly_levels TO xf_coordinator;
GRANT SELECT ON monthly_levels TO xf_reader;

INSERT INTO daily_cells
  WITH days AS (
    SELECT series.*, coalesce(series.level_cycles, series.p50_cycles) AS level, series.p50_ns / nullif(series.p50_cycles, 0) AS ns_per_cycle,
           coalesce(boot.boot_state #>> '{cpu,generation}', 'unknown') AS generation,
           coalesce(boot.boot_state ->> 'virtualization', 'unknown') AS virtualization,
           coalesce(boot.boot_state ->> 'kernelRelease', 'unknown') AS kernel,
           CASE boot.boot_state ->> 'kpti' WHEN 'true' THEN 'on' WHEN 'false' THEN 'off' ELSE 'unknown' END AS kpti,
           boot.boot_state #> '{extra,demo}' IS NOT NULL AS demo
      FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
  ), hosts AS (
    SELECT provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo,
           count(*) = count(ns_per_cycle) AS known,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY p5_cycles) AS p5, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS p50,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY p95_cycles) AS p95, percentile_cont(0.5) WITHIN GROUP (ORDER BY p99_cycles) AS p99,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY p5_cycles * ns_per_cycle) AS p5_ns, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) AS p50_ns,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY p95_cycles * ns_per_cycle) AS p95_ns, percentile_cont(0.5) WITHIN GROUP (ORDER BY p99_cycles * ns_per_cycle) AS p99_ns,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY level) AS level,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY p99_cycles / nullif(p50_cycles, 0)) AS tail
      FROM days
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, host_id
  )
  SELECT provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo, count(*),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p5), percentile_cont(0.5) WITHIN GROUP (ORDER BY p50),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p95), percentile_cont(0.5) WITHIN GROUP (ORDER BY p99),
         CASE WHEN bool_and(known) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p5_ns) END,
         CASE WHEN bool_and(known) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) END,
         CASE WHEN bool_and(known) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p95_ns) END,
         CASE WHEN bool_and(known) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p99_ns) END,
         min(level), percentile_cont(0.5) WITHIN GROUP (ORDER BY level), max(level), percentile_cont(0.5) WITHIN GROUP (ORDER BY tail)
    FROM hosts
   GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

INSERT INTO monthly_levels
  SELECT provenance, probe, metric, date_trunc('month', day, 'UTC') AS month, host_id, boot_state_hash, executor, min(day), max(day),
         count(*), count(p50_ns), sum(runs), sum(samples),
         sum(ln(level) ORDER BY day), sum(runs * ln(level) ORDER BY day), sum(runs * ln(level_of_ns) ORDER BY day),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY level),
         CASE WHEN count(*) = count(p50_ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) END,
         avg(p50_cycles / nullif(p50_ns, 0) ORDER BY day),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY run_sd)
    FROM (SELECT *, coalesce(level_cycles, p50_cycles) AS level, nullif(coalesce(level_ns, p50_ns), 0) AS level_of_ns FROM daily_series) AS series
   WHERE level > 0
   GROUP BY provenance, probe, metric, month, host_id, boot_state_hash, executor;
