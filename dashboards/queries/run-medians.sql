WITH states AS (
  \ir parts/sides-states.sql
), replicates AS (
  SELECT DISTINCT ON (:draw) result.p50_cycles * :scale AS level, result.ended_at
    FROM (SELECT * FROM states WHERE name = :'side') AS state
    CROSS JOIN LATERAL (
      \ir parts/runs-of-state.sql
    ) AS run
    JOIN run_results AS result USING (run_id)
   WHERE ${unit:sqlstring} = :'unit'
     AND
     \ir parts/asked-runs.sql
   ORDER BY :draw, result.ended_at DESC, result.run_id
)
SELECT latest.level AS :"side"
  FROM (SELECT level FROM replicates ORDER BY ended_at DESC LIMIT :limit) AS latest
 ORDER BY 1
