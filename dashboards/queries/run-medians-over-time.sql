WITH states AS (
  \ir parts/sides-states.sql
)
SELECT latest."time", CASE WHEN latest.name = 'a' THEN latest.level END AS "a", CASE WHEN latest.name = 'b' THEN latest.level END AS "b",
       latest.host_id AS "host", latest.run_id::text AS "run"
  FROM (SELECT result.ended_at AS "time", state.name, result.p50_cycles * :scale AS level, result.host_id, result.run_id
          FROM states AS state
          CROSS JOIN LATERAL (
            \ir parts/runs-of-state.sql
          ) AS run
          JOIN run_results AS result USING (run_id)
         WHERE ${unit:sqlstring} = :'unit'
           AND
           \ir parts/asked-runs.sql
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1, 5
