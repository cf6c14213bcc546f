SELECT min(size.hour) AS "time", max(size.database_bytes)::float8 AS "database", max(size.events_bytes)::float8 AS "events",
       max(size.raw_bytes)::float8 AS "raw lines and samples"
  FROM database_sizes AS size
 WHERE $__timeFilter(size.hour)
 GROUP BY CASE WHEN :pointsByDay THEN date_trunc('day', size.hour, 'UTC') ELSE size.hour END
 ORDER BY 1
 LIMIT 2000
