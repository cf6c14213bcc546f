SELECT $__timeGroupAlias(gap.occurred_at,$__interval), gap.reason AS metric, sum(gap.lost_samples)::float8 AS "lost samples"
  FROM run_gaps AS gap
  JOIN runs AS run ON run.run_id = gap.run_id AND run.attempt = gap.attempt
 WHERE run.provenance = ${provenance:sqlstring} AND $__timeFilter(gap.occurred_at)
 GROUP BY 1, 2
 ORDER BY 1, 2
 LIMIT 10000
