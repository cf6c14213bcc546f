SELECT hour AS "time", generation || ' / ' || virtualization AS metric, p50_cycles AS "p50"
  FROM hourly_results
 WHERE provenance = ${provenance:sqlstring}
   AND metric = :'metric'
   AND generation || ' / ' || virtualization = ANY(ARRAY[${group:sqlstring}]::text[])
   AND $__timeFilter(hour)
 ORDER BY 1, 2
