SELECT latest."time", latest.metric, latest.cycles AS "run median"
  FROM (SELECT result.ended_at AS "time", :cell AS metric, result.p50_cycles AS cycles
          FROM run_results AS result
          JOIN runs AS run USING (run_id)
          JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
         WHERE result.provenance = ${provenance:sqlstring}
           AND run.provenance = ${provenance:sqlstring}
           AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
           AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND result.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
           AND $__timeFilter(result.ended_at)
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1, 2
