WITH hosts AS (
  SELECT series.day, :cell AS cell, series.host_id,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p5_cycles) AS p5,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_cycles) AS p50,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p95_cycles) AS p95,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p99_cycles) AS p99
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = ANY(ARRAY[:probe]::text[])
     AND series.metric = ANY(ARRAY[:metric]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2, 3
)
SELECT day AS "time",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY p5) AS "p5",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY p50) AS "p50",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY p95) AS "p95",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY p99) AS "p99"
  FROM hosts
 WHERE cell = ANY(ARRAY[:group]::text[])
 GROUP BY 1
 ORDER BY 1
