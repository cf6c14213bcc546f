WITH hosts AS (
  SELECT series.day, :cell AS cell, series.host_id,
         CASE WHEN count(*) = count(series.p50_ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) END AS ns
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2, 3
), latest AS (
  SELECT day, cell, percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) AS p50
    FROM hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
  HAVING count(*) = count(ns)
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT day AS "time", cell AS metric, p50 AS "p50"
  FROM latest
 ORDER BY 1, 2
