SELECT run.ended_at AS "time", run.run_id::text AS "run", run.probe, run.state, run.attempt, run.faults, run.samples::float8 AS "samples",
       run.lost::float8 AS "lost", result.p50_cycles AS "median", result.p99_cycles AS "p99",
       coalesce(run.labels ->> 'noise', 'not judged') AS "noise", run.failure ->> 'code' AS "failure"
  FROM runs AS run
  LEFT JOIN run_results AS result ON result.run_id = run.run_id AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[]) AND result.provenance = ${provenance:sqlstring}
 WHERE run.provenance = ${provenance:sqlstring}
   AND run.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
   AND $__timeFilter(run.ended_at)
 ORDER BY 1 DESC, 2
 LIMIT 200
