SELECT latest."time", CASE WHEN latest.name = 'a' THEN latest.level END AS "a", CASE WHEN latest.name = 'b' THEN latest.level END AS "b",
       latest.host_id AS "host", latest.run_id::text AS "run"
  FROM (SELECT result.ended_at AS "time", side.name, result.p50_cycles * :scale AS level, result.host_id, result.run_id
          FROM (
            \ir parts/sides.sql
          ) AS side
          CROSS JOIN run_results AS result
          JOIN runs AS run USING (run_id)
          LEFT JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
         WHERE ${unit:sqlstring} = :'unit' AND :cell = side.cell
           AND
           \ir parts/asked-runs.sql
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1, 5
