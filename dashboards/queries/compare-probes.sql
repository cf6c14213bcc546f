SELECT DISTINCT probe
  FROM run_results
 WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(ended_at)
 ORDER BY 1
