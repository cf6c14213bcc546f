SELECT DISTINCT generation || ' / ' || virtualization || ' / ' || executor AS "group"
  FROM hourly_results
 WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(hour)
 ORDER BY 1
