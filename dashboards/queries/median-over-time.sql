WITH hosts AS (
  SELECT series.at, :cell AS cell, series.host_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_cycles * :scale) AS level,
         count(*) = count(series.p50_cycles * :scale) AS known
    FROM (
      \ir parts/points.sql
    ) AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE ${unit:sqlstring} = :'unit'
   GROUP BY 1, 2, 3
), latest AS (
  SELECT at, cell, percentile_cont(0.5) WITHIN GROUP (ORDER BY level) AS p50
    FROM hosts
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
  HAVING bool_and(known)
   ORDER BY 1 DESC, 2
   LIMIT :limit
)
SELECT at AS "time", cell AS metric, p50 AS "p50"
  FROM latest
 ORDER BY 1, 2
