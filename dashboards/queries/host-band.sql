SELECT series.at AS "time", avg(series.p5_cycles * :scale) AS "p5", avg(series.p50_cycles * :scale) AS "p50", avg(series.p95_cycles * :scale) AS "p95", avg(series.p99_cycles * :scale) AS "p99"
  FROM (
    \ir parts/points.sql
  ) AS series
 WHERE ${unit:sqlstring} = :'unit' AND series.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
 GROUP BY 1
HAVING count(*) = 1
 ORDER BY 1
 LIMIT 2000
