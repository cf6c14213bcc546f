SELECT series.host_id
  FROM daily_series AS series
 WHERE series.provenance = ${provenance:sqlstring} AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
 GROUP BY series.host_id
 ORDER BY max(series.day) DESC, series.host_id
 LIMIT 1000
