SELECT cells.probe
  FROM daily_cells AS cells
 WHERE cells.provenance = ${provenance:sqlstring}
   AND cells.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND cells.day <= $__timeTo()::timestamptz
 GROUP BY cells.probe
 ORDER BY array_position(ARRAY[:probes]::text[], cells.probe)
