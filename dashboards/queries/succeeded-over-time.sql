SELECT $__timeGroupAlias(ended.hour,$__interval),
       (coalesce(sum(ended.runs) FILTER (WHERE ended.state = 'completed'), 0) / sum(ended.runs)::float8)::float8 AS "succeeded"
  FROM ended_runs AS ended
 WHERE
 \ir parts/asked-hours.sql
 GROUP BY 1
 ORDER BY 1
 LIMIT 10000
