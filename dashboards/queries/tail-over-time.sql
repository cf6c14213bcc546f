WITH hosts AS (
  SELECT series.at, :cell AS cell, series.host_id, avg(series.p99_cycles / nullif(series.p50_cycles, 0)) AS tail
    FROM (
      \ir parts/points.sql
    ) AS series JOIN boot_states AS boot USING (boot_state_hash)
   GROUP BY 1, 2, 3
), latest AS (
  SELECT at, cell, percentile_cont(0.5) WITHIN GROUP (ORDER BY tail) AS tail
    FROM hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
  HAVING count(tail) > 0
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT at AS "time", cell AS metric, tail AS "p99 / p50"
  FROM latest
 ORDER BY 1, 2
