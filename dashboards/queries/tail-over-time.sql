WITH hosts AS (
  SELECT series.day, :cell AS cell, series.host_id, avg(series.p99_cycles / nullif(series.p50_cycles, 0)) AS tail
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2, 3
), latest AS (
  SELECT day, cell, percentile_cont(0.5) WITHIN GROUP (ORDER BY tail) AS tail
    FROM hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
  HAVING count(tail) > 0
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT day AS "time", cell AS metric, tail AS "p99 / p50"
  FROM latest
 ORDER BY 1, 2
