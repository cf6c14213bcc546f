SELECT series.provenance, series.probe, series.metric, series.host_id, series.executor, series.boot_state_hash,
       min(series.first_day) AS first_day, max(series.last_day) AS last_day, sum(series.days) AS days, sum(series.clock_days) AS clocks,
       sum(series.runs) AS runs, sum(series.samples) AS samples, sum(series.day_logs) AS day_logs, sum(series.run_logs) AS run_logs, sum(series.run_logs_ns) AS run_logs_ns,
       avg(series.cycles_per_ns) AS clock,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY series.level_cycles) AS level,
       CASE WHEN sum(series.days) = sum(series.clock_days) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) END AS ns,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY series.run_sd) AS run_sd
  FROM (
    \ir levels.sql
  ) AS series
 GROUP BY 6, 4, 5, 3, 2, 1
