SELECT series.metric
  FROM daily_series AS series
 WHERE series.provenance = ${provenance:sqlstring} AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
 GROUP BY series.metric
 ORDER BY array_position(ARRAY[:metrics]::text[], series.metric)
