WITH points AS (
  SELECT cells.day AS at, :cellOfRow AS cell,
         CASE :'unit' WHEN 'ns' THEN cells.p5_ns ELSE cells.p5_cycles END AS p5, CASE :'unit' WHEN 'ns' THEN cells.p50_ns ELSE cells.p50_cycles END AS p50,
         CASE :'unit' WHEN 'ns' THEN cells.p95_ns ELSE cells.p95_cycles END AS p95, CASE :'unit' WHEN 'ns' THEN cells.p99_ns ELSE cells.p99_cycles END AS p99
    FROM daily_cells AS cells
   WHERE ${unit:sqlstring} = :'unit' AND :fromCells AND :cellOfRow = ANY(ARRAY[${a:sqlstring}]::text[] || ARRAY[${b:sqlstring}]::text[])
     AND
     \ir parts/asked-cells.sql
  UNION ALL
  SELECT at, cell,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p5), percentile_cont(0.5) WITHIN GROUP (ORDER BY p50),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p95), percentile_cont(0.5) WITHIN GROUP (ORDER BY p99)
    FROM (SELECT series.at, :cell AS cell, series.host_id,
                 percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p5_cycles * :scale) AS p5,
                 percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_cycles * :scale) AS p50,
                 percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p95_cycles * :scale) AS p95,
                 percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p99_cycles * :scale) AS p99
            FROM (
              \ir parts/points.sql
            ) AS series JOIN boot_states AS boot USING (boot_state_hash)
           WHERE ${unit:sqlstring} = :'unit' AND NOT :fromCells AND :cell = ANY(ARRAY[${a:sqlstring}]::text[] || ARRAY[${b:sqlstring}]::text[])
           GROUP BY 1, 2, 3) AS hosts
   GROUP BY 1, 2
)
SELECT at AS "time", a.p5 AS "a p5", a.p50 AS "a p50", a.p95 AS "a p95", a.p99 AS "a p99",
       b.p5 AS "b p5", b.p50 AS "b p50", b.p95 AS "b p95", b.p99 AS "b p99"
  FROM (SELECT * FROM points WHERE cell = ANY(ARRAY[${a:sqlstring}]::text[])) AS a
  FULL JOIN (SELECT * FROM points WHERE cell = ANY(ARRAY[${b:sqlstring}]::text[])) AS b USING (at)
 ORDER BY 1
 LIMIT 2000
