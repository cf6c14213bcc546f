WITH days AS (
  SELECT series.day, :cell AS cell, series.host_id, series.boot_state_hash, avg(ln(coalesce(series.level_cycles, series.p50_cycles))) AS level,
         row_number() OVER (PARTITION BY :cell, series.host_id, series.boot_state_hash ORDER BY series.day) AS nth
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE
     \ir parts/asked-days.sql
     AND coalesce(series.level_cycles, series.p50_cycles) > 0
   GROUP BY series.day, :cell, series.host_id, series.boot_state_hash
), changes AS (
  SELECT day, cell, host_id,
         level - avg(level) FILTER (WHERE nth <= :days) OVER (PARTITION BY cell, host_id, boot_state_hash) AS change
    FROM days
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
), latest AS (
  SELECT day, cell, exp(percentile_cont(0.5) WITHIN GROUP (ORDER BY change)) - 1 AS change
    FROM changes
   GROUP BY 1, 2
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT day AS "time", cell AS metric, change AS "change"
  FROM latest
 ORDER BY 1, 2
