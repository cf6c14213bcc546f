WITH latest AS (
  SELECT cells.day AS at, :cellOfRow AS cell, (cells.highest_level - cells.lowest_level) / nullif(cells.median_level, 0) AS value
    FROM daily_cells AS cells
   WHERE :allHosts AND cells.hosts >= 2
     AND
     \ir parts/asked-cells.sql
     AND :cellOfRow = ANY(ARRAY[${group:sqlstring}]::text[])
  UNION ALL
  SELECT day, cell, CASE WHEN count(*) >= 2 THEN (max(level) - min(level)) / nullif(percentile_cont(0.5) WITHIN GROUP (ORDER BY level), 0) END
    FROM (SELECT series.day, :cell AS cell, series.host_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_cycles, series.p50_cycles)) AS level
            FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
           WHERE NOT :allHosts
             AND
             \ir parts/asked-days.sql
           GROUP BY 1, 2, 3) AS hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
), newest AS (
  SELECT at, cell, value FROM latest WHERE value IS NOT NULL ORDER BY 1 DESC, 2 LIMIT :limit
)
SELECT at AS "time", cell AS metric, value AS "spread"
  FROM newest
 ORDER BY 1, 2
