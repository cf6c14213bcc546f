WITH fullest AS (
  SELECT DISTINCT ON (week) day
    FROM (SELECT floor(extract(epoch FROM cells.day - date_trunc('day', $__timeFrom()::timestamptz, 'UTC')) / 604800) AS week, cells.day, sum(cells.hosts) AS hosts
            FROM daily_cells AS cells
           WHERE :cellOfRow = ANY(ARRAY[${group:sqlstring}]::text[])
             AND
             \ir parts/asked-cells.sql
           GROUP BY 1, 2) AS days
   ORDER BY week, hosts DESC, day
), named AS MATERIALIZED (
  SELECT boot.boot_state_hash, series.executor, :cell AS cell
    FROM boot_states AS boot
   CROSS JOIN (SELECT DISTINCT segment.executor FROM segments AS segment WHERE segment.provenance = ${provenance:sqlstring}) AS series
   WHERE :cell = ANY(ARRAY[${group:sqlstring}]::text[])
), points AS (
  SELECT series.day AS at, series.executor, series.host_id, series.boot_state_hash, named.cell, ln(coalesce(series.level_cycles, series.p50_cycles)) AS level
    FROM daily_series AS series JOIN named USING (boot_state_hash, executor)
   WHERE NOT :byMonthAlways AND coalesce(series.level_cycles, series.p50_cycles) > 0
     AND (NOT :byMonth OR series.day = ANY(ARRAY(SELECT day FROM fullest)))
     AND
     \ir parts/asked-days.sql
  UNION ALL
  SELECT series.first_day, series.executor, series.host_id, series.boot_state_hash, named.cell, series.day_logs / series.days
    FROM (
      \ir parts/levels.sql
    ) AS series JOIN named USING (boot_state_hash, executor)
   WHERE :byMonthAlways
), numbered AS (
  SELECT points.*, row_number() OVER (PARTITION BY boot_state_hash, host_id, executor ORDER BY at) AS nth
    FROM points
), changes AS (
  SELECT at, cell,
         level - avg(level) FILTER (WHERE nth <= CASE WHEN :byMonth THEN 1 ELSE :days END) OVER (PARTITION BY boot_state_hash, host_id, executor) AS change
    FROM numbered
), latest AS (
  SELECT CASE WHEN :byMonthAlways THEN date_trunc('month', changes.at, 'UTC') ELSE changes.at END AS at, cell,
         exp(percentile_cont(0.5) WITHIN GROUP (ORDER BY changes.change)) - 1 AS change
    FROM changes
   GROUP BY 1, 2
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT at AS "time", cell AS metric, change AS "change"
  FROM latest
 WHERE :inRange
 ORDER BY 1, 2
