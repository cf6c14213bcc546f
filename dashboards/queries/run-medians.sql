WITH states AS (
  \ir parts/sides-states.sql
)
SELECT latest.level AS :"side"
  FROM (SELECT result.p50_cycles * :scale AS level
          FROM (SELECT * FROM states WHERE name = :'side') AS state
          CROSS JOIN LATERAL (
            \ir parts/runs-of-state.sql
          ) AS run
          JOIN run_results AS result USING (run_id)
         WHERE ${unit:sqlstring} = :'unit'
           AND
           \ir parts/asked-runs.sql
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1
