SELECT probe
  FROM run_results
 WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(ended_at)
 GROUP BY probe
 ORDER BY array_position(ARRAY[:probes]::text[], probe)
