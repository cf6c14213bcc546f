WITH hosts AS (
  SELECT series.day, :cell AS cell, series.host_id,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p5_cycles) AS p5,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_cycles) AS p50,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p95_cycles) AS p95,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p99_cycles) AS p99
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2, 3
), days AS (
  SELECT day, cell,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p5) AS p5,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50) AS p50,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p95) AS p95,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p99) AS p99
    FROM hosts
   GROUP BY 1, 2
)
SELECT day AS "time", a.p5 AS "a p5", a.p50 AS "a p50", a.p95 AS "a p95", a.p99 AS "a p99",
       b.p5 AS "b p5", b.p50 AS "b p50", b.p95 AS "b p95", b.p99 AS "b p99"
  FROM (SELECT * FROM days WHERE cell = ANY(ARRAY[${a:sqlstring}]::text[])) AS a
  FULL JOIN (SELECT * FROM days WHERE cell = ANY(ARRAY[${b:sqlstring}]::text[])) AS b USING (day)
 ORDER BY 1
 LIMIT 2000
