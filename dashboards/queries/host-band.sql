SELECT series.day AS "time",
       avg(series.p5_cycles) AS "p5",
       avg(series.p50_cycles) AS "p50",
       avg(series.p95_cycles) AS "p95",
       avg(series.p99_cycles) AS "p99"
  FROM daily_series AS series
 WHERE series.provenance = ${provenance:sqlstring}
   AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
   AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND series.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
   AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
 GROUP BY 1
HAVING count(*) = 1
 ORDER BY 1
 LIMIT 2000
