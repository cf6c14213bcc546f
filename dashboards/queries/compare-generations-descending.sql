SELECT DISTINCT generation || ' / ' || virtualization || ' / ' || executor AS "group"
  FROM run_results
 WHERE provenance = ${provenance:sqlstring} AND probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND metric = ANY(ARRAY[${metric:sqlstring}]::text[]) AND $__timeFilter(ended_at)
 ORDER BY 1 DESC
