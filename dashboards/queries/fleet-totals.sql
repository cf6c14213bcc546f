SELECT count(DISTINCT host_id) FILTER (WHERE state = 'completed') AS "hosts",
       count(*) FILTER (WHERE state = 'completed') AS "completed runs",
       count(*) FILTER (WHERE state IN ('failed', 'abandoned')) AS "failed or abandoned runs",
       count(*) FILTER (WHERE state = 'completed') / nullif(count(*) FILTER (WHERE state IN ('completed', 'failed', 'abandoned')), 0)::float8 AS "succeeded",
       coalesce(sum(samples) FILTER (WHERE state = 'completed'), 0)::float8 AS "samples",
       (sum(lost) FILTER (WHERE state = 'completed') / nullif(sum(faults) FILTER (WHERE state = 'completed'), 0))::float8
         AS "faults lost"
  FROM runs
 WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(ended_at)
HAVING count(*) > 0
