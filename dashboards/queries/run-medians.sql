SELECT p50_cycles AS :"side"
  FROM run_results
 WHERE provenance = ${provenance:sqlstring}
   AND probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND metric = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND generation || ' / ' || virtualization || ' / ' || executor = ANY(ARRAY[:group]::text[])
   AND $__timeFilter(ended_at)
 ORDER BY 1
