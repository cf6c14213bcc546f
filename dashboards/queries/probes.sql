SELECT series.probe
  FROM daily_series AS series
 WHERE
   \ir parts/span-of-days.sql
 GROUP BY series.probe
 ORDER BY array_position(ARRAY[:probes]::text[], series.probe)
