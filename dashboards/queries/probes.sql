SELECT series.probe
  FROM daily_series AS series
 WHERE series.provenance = ${provenance:sqlstring} AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
 GROUP BY series.probe
 ORDER BY array_position(ARRAY[:probes]::text[], series.probe)
