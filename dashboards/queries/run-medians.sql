SELECT latest.level AS :"side"
  FROM (SELECT result.p50_cycles * :scale AS level
          FROM run_results AS result
          JOIN runs AS run USING (run_id)
          LEFT JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
         WHERE ${unit:sqlstring} = :'unit' AND :cell = ANY(ARRAY[:group]::text[])
           AND
           \ir parts/asked-runs.sql
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1
