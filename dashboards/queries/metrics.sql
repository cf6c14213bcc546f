SELECT series.metric
  FROM daily_series AS series
 WHERE series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
   AND
   \ir parts/span-of-days.sql
 GROUP BY series.metric
 ORDER BY array_position(ARRAY[:metrics]::text[], series.metric)
