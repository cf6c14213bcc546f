SELECT ended_at AS "time", host_id AS "host", probe, state, faults, samples, lost, rejected,
       damaged_lines AS "damaged lines", run_id::text AS "run"
  FROM runs
 WHERE provenance = ${provenance:sqlstring}
   AND (lost > 0 OR damaged_lines > 0)
   AND $__timeFilter(ended_at)
 ORDER BY 1 DESC, run_id
 LIMIT 100
