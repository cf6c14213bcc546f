SELECT series.day AS "time",
       coalesce(boot.boot_state #>> '{cpu,generation}', 'unknown') AS metric,
       count(DISTINCT series.host_id)::float8 AS "hosts"
  FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
 WHERE series.provenance = ${provenance:sqlstring}
   AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
   AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   AND :cell = ANY(ARRAY[${group:sqlstring}]::text[])
 GROUP BY 1, 2
 ORDER BY 1, 2
