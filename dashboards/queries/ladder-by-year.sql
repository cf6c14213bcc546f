\ir parts/cell-levels.sql
SELECT year AS "year", generation AS "generation", kpti AS "KPTI", hosts AS "hosts",
       exp(log_ns) AS "nanoseconds",
       exp(log_ns - (:t)[least(degrees, :mostDegrees)] * sqrt(variance)) AS "interval from",
       exp(log_ns + (:t)[least(degrees, :mostDegrees)] * sqrt(variance)) AS "interval to",
       lowest_ns AS "lowest host", highest_ns AS "highest host", slowest_host AS "slowest host", cycles AS "cycles", cell AS "cell"
  FROM cells
 WHERE (kernel, virtualization, executor) IN (SELECT a.kernel, a.virtualization, a.executor FROM cells AS a WHERE a.cell = ANY(ARRAY[${a:sqlstring}]::text[]))
 ORDER BY 1 NULLS LAST, 2, 3, 12
 LIMIT 200
