SELECT $__timeGroupAlias(ended_at,$__interval), state || ': ' || coalesce(failure ->> 'code', 'no reason given') AS metric, count(*)::float8 AS "runs"
  FROM runs
 WHERE provenance = ${provenance:sqlstring} AND state IN ('failed', 'abandoned') AND $__timeFilter(ended_at)
 GROUP BY 1, 2
 ORDER BY 1, 2
 LIMIT 10000
