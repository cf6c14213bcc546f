SELECT latest."time", latest.level AS "run median", latest.cell AS "generation", latest.run_id::text AS "run"
  FROM (SELECT result.ended_at AS "time", :cell AS cell, result.p50_cycles * :scale AS level, result.run_id
          FROM run_results AS result
          JOIN runs AS run USING (run_id)
          JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
         WHERE ${unit:sqlstring} = :'unit' AND run.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
           AND
           \ir parts/asked-runs.sql
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1, 4
