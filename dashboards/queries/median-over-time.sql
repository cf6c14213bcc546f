WITH latest AS (
  SELECT cells.day AS at, :cellOfRow AS cell, CASE :'unit' WHEN 'ns' THEN cells.p50_ns ELSE cells.p50_cycles END AS value
    FROM daily_cells AS cells
   WHERE ${unit:sqlstring} = :'unit' AND :fromCells
     AND
     \ir parts/asked-cells.sql
     AND :cellOfRow = ANY(ARRAY[${group:sqlstring}]::text[])
  UNION ALL
  SELECT at, cell, CASE WHEN bool_and(known) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY level) END
    FROM (SELECT series.at, :cell AS cell, series.host_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_cycles * :scale) AS level,
                 count(*) = count(series.p50_cycles * :scale) AS known
            FROM (
              \ir parts/points.sql
            ) AS series JOIN boot_states AS boot USING (boot_state_hash)
           WHERE ${unit:sqlstring} = :'unit' AND NOT :fromCells
           GROUP BY 1, 2, 3) AS hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
), newest AS (
  SELECT at, cell, value FROM latest WHERE value IS NOT NULL ORDER BY 1 DESC, 2 LIMIT :limit
)
SELECT at AS "time", cell AS metric, value AS "p50"
  FROM newest
 ORDER BY 1, 2
