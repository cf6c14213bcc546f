WITH latest AS (
  SELECT cells.day AS at, :cellOfRow AS cell, cells.tail AS value
    FROM daily_cells AS cells
   WHERE :fromCells
     AND
     \ir parts/asked-cells.sql
     AND :cellOfRow = ANY(ARRAY[${group:sqlstring}]::text[])
  UNION ALL
  SELECT at, cell, percentile_cont(0.5) WITHIN GROUP (ORDER BY tail)
    FROM (SELECT series.at, :cell AS cell, series.host_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p99_cycles / nullif(series.p50_cycles, 0)) AS tail
            FROM (
              \ir parts/points.sql
            ) AS series JOIN boot_states AS boot USING (boot_state_hash)
           WHERE NOT :fromCells
           GROUP BY 1, 2, 3) AS hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
), newest AS (
  SELECT at, cell, value FROM latest WHERE value IS NOT NULL ORDER BY 1 DESC, 2 LIMIT :limit
)
SELECT at AS "time", cell AS metric, value AS "p99 / p50"
  FROM newest
 ORDER BY 1, 2
