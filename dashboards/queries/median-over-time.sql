SELECT hour AS "time", generation || ' / ' || virtualization || ' / ' || executor AS metric, p50_cycles AS "p50"
  FROM hourly_results
 WHERE provenance = ${provenance:sqlstring}
   AND probe = :'probe'
   AND metric = :'metric'
   AND generation || ' / ' || virtualization || ' / ' || executor = ANY(ARRAY[${group:sqlstring}]::text[])
   AND $__timeFilter(hour)
 ORDER BY 1, 2
