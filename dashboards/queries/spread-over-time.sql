WITH hosts AS (
  SELECT series.day, :cell AS cell, series.host_id, avg(coalesce(series.level_cycles, series.p50_cycles)) AS level
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE
     \ir parts/asked-days.sql
   GROUP BY 1, 2, 3
), latest AS (
  SELECT day, cell, (max(level) - min(level)) / nullif(percentile_cont(0.5) WITHIN GROUP (ORDER BY level), 0) AS spread
    FROM hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
  HAVING count(*) >= 2
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT day AS "time", cell AS metric, spread AS "spread"
  FROM latest
 ORDER BY 1, 2
