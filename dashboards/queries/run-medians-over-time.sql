SELECT latest."time", latest.metric, latest."run median"
  FROM (SELECT result.ended_at AS "time",
               side.name || ': ' || side.cell AS metric,
               result.p50_cycles AS "run median"
          FROM (SELECT 'a' AS name, unnest(ARRAY[${a:sqlstring}]::text[]) AS cell
                UNION ALL
                SELECT 'b', unnest(ARRAY[${b:sqlstring}]::text[])) AS side
          CROSS JOIN run_results AS result
          JOIN runs AS run USING (run_id)
          LEFT JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
         WHERE :cell = side.cell
           AND result.provenance = ${provenance:sqlstring}
           AND run.provenance = ${provenance:sqlstring}
           AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
           AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND $__timeFilter(result.ended_at)
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1, 2
