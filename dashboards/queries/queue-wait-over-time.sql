SELECT $__timeGroupAlias(ended_at,$__interval),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - queued_at)::float8) AS "median",
       percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - queued_at)::float8) AS "p95"
  FROM runs
 WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(ended_at) AND started_at >= queued_at
 GROUP BY 1
 ORDER BY 1
 LIMIT 10000
