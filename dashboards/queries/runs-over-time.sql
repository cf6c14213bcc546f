SELECT $__timeGroupAlias(ended.hour,$__interval), ended.state AS metric, sum(ended.runs)::float8 AS "runs"
  FROM ended_runs AS ended
 WHERE
 \ir parts/asked-hours.sql
 GROUP BY 1, 2
 ORDER BY 1, 2
 LIMIT 10000
