WITH latest AS (
  SELECT cells.day AS at, :cellOfRow AS cell,
         CASE WHEN cells.median_ns IS NULL THEN (cells.highest_level - cells.lowest_level) / nullif(cells.median_level, 0)
              ELSE (cells.highest_ns - cells.lowest_ns) / nullif(cells.median_ns, 0) END AS value
    FROM daily_cells AS cells
   WHERE :allHosts AND cells.hosts >= 2
     AND
     \ir parts/asked-cells.sql
     AND :cellOfRow = ANY(ARRAY[${group:sqlstring}]::text[])
  UNION ALL
  SELECT day, cell,
         CASE WHEN count(*) < 2 THEN NULL
              WHEN bool_and(known) THEN (max(ns) - min(ns)) / nullif(percentile_cont(0.5) WITHIN GROUP (ORDER BY ns), 0)
              ELSE (max(level) - min(level)) / nullif(percentile_cont(0.5) WITHIN GROUP (ORDER BY level), 0) END
    FROM (SELECT series.day, :cell AS cell, series.host_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_cycles, series.p50_cycles)) AS level,
                 percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_ns, series.p50_ns)) AS ns,
                 count(*) = count(coalesce(series.level_ns, series.p50_ns)) AS known
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
