SELECT $__timeGroupAlias(ended_at,$__interval), state AS metric, count(*) AS "runs"
  FROM runs
 WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(ended_at)
 GROUP BY 1, 2
 ORDER BY 1, 2
 LIMIT 10000
