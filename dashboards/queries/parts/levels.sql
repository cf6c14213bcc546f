SELECT series.provenance, series.probe, series.metric, series.host_id, series.executor, series.boot_state_hash,
       series.day AS first_day, series.day AS last_day, 1 AS days, CASE WHEN series.p50_ns IS NULL THEN 0 ELSE 1 END AS clock_days,
       series.runs::bigint AS runs, series.samples, ln(coalesce(series.level_cycles, series.p50_cycles)) AS day_logs,
       series.runs * ln(coalesce(series.level_cycles, series.p50_cycles)) AS run_logs,
       series.runs * ln(nullif(coalesce(series.level_ns, series.p50_ns), 0)) AS run_logs_ns,
       coalesce(series.level_cycles, series.p50_cycles) AS level_cycles, series.p50_ns, series.p50_cycles / nullif(series.p50_ns, 0) AS cycles_per_ns, series.run_sd
  FROM daily_series AS series
 WHERE NOT :byMonth AND coalesce(series.level_cycles, series.p50_cycles) > 0
   AND
   \ir asked-days.sql
UNION ALL
SELECT series.provenance, series.probe, series.metric, series.host_id, series.executor, series.boot_state_hash,
       series.first_day, series.last_day, series.days, series.clock_days, series.runs, series.samples, series.day_logs, series.run_logs, series.run_logs_ns,
       series.level_cycles, series.p50_ns, series.cycles_per_ns, series.run_sd
  FROM monthly_levels AS series
 WHERE :byMonth
   AND series.month >= date_trunc('month', $__timeFrom()::timestamptz, 'UTC') AND series.month <= $__timeTo()::timestamptz
   AND series.provenance = ${provenance:sqlstring}
   AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
   AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND (${noise:sqlstring} <> 'grades A to C' OR NOT EXISTS (
         SELECT 1 FROM host_noise AS noise
          WHERE noise.provenance = ${provenance:sqlstring} AND noise.host_id = series.host_id AND noise.executor = series.executor
            AND noise.probe = series.probe AND noise.metric = series.metric AND :noisy))
