SELECT :cell AS "group"
  FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
 WHERE series.provenance = ${provenance:sqlstring} AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
 GROUP BY 1
 ORDER BY max(series.day) DESC, count(*) DESC, 1
