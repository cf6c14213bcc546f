SELECT latest.cycles AS :"side"
  FROM (SELECT result.p50_cycles AS cycles
          FROM run_results AS result
          JOIN runs AS run USING (run_id)
          LEFT JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
         WHERE result.provenance = ${provenance:sqlstring}
           AND run.provenance = ${provenance:sqlstring}
           AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
           AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND :cell = ANY(ARRAY[:group]::text[])
           AND $__timeFilter(result.ended_at)
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1
