SELECT cells.metric
  FROM daily_cells AS cells
 WHERE cells.provenance = ${provenance:sqlstring} AND cells.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
   AND cells.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND cells.day <= $__timeTo()::timestamptz
 GROUP BY cells.metric
 ORDER BY array_position(ARRAY[:metrics]::text[], cells.metric)
