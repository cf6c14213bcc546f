SELECT series.day AS at, series.host_id, series.executor, series.boot_state_hash, series.p50_ns / nullif(series.p50_cycles, 0) AS ns_per_cycle,
       series.p5_cycles, series.p50_cycles, series.p95_cycles, series.p99_cycles
  FROM daily_series AS series
 WHERE $__timeTo()::timestamptz - $__timeFrom()::timestamptz > interval ':mostDaysByHour days'
   AND
   \ir asked-days.sql
UNION ALL
SELECT one.hour, one.host_id, one.executor, one.boot_state_hash,
       CASE WHEN count(*) = count(one.tsc_khz) THEN avg(1e6 / one.tsc_khz) END,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY one.p5_cycles), percentile_cont(0.5) WITHIN GROUP (ORDER BY one.p50_cycles),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY one.p95_cycles), percentile_cont(0.5) WITHIN GROUP (ORDER BY one.p99_cycles)
  FROM (SELECT DISTINCT ON (date_trunc('hour', result.ended_at, 'UTC'), :draw)
               date_trunc('hour', result.ended_at, 'UTC') AS hour, result.host_id, result.executor, run.boot_state_hash, result.tsc_khz,
               result.p5_cycles, result.p50_cycles, result.p95_cycles, result.p99_cycles
          FROM run_results AS result JOIN runs AS run USING (run_id)
         WHERE $__timeTo()::timestamptz - $__timeFrom()::timestamptz <= interval ':mostDaysByHour days'
           AND
           \ir asked-runs.sql
         ORDER BY 1, :draw, result.ended_at DESC, result.run_id) AS one
 GROUP BY 1, 2, 3, 4
