SELECT $__timeGroupAlias(ended.hour,$__interval), ended.reason AS metric, sum(ended.samples)::float8 AS "lost samples"
  FROM lost_samples AS ended
 WHERE
 \ir parts/asked-hours.sql
 GROUP BY 1, 2
 ORDER BY 1, 2
 LIMIT 10000
