SELECT hour AS "time", p5_cycles AS "p5", p50_cycles AS "p50", p95_cycles AS "p95", p99_cycles AS "p99"
  FROM hourly_results
 WHERE provenance = ${provenance:sqlstring}
   AND probe = ANY(ARRAY[:probe]::text[])
   AND metric = ANY(ARRAY[:metric]::text[])
   AND generation || ' / ' || virtualization || ' / ' || executor = ANY(ARRAY[:group]::text[])
   AND $__timeFilter(hour)
 ORDER BY 1
