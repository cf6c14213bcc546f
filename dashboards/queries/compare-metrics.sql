SELECT metric
  FROM run_results
 WHERE provenance = ${provenance:sqlstring} AND probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND $__timeFilter(ended_at)
 GROUP BY metric
 ORDER BY array_position(ARRAY[:metrics]::text[], metric)
