SELECT run.ended_at AS "time", run.run_id::text AS "run", run.host_id AS "host", run.probe, run.state
  FROM runs AS run
 WHERE run.provenance = ${provenance:sqlstring} AND $__timeFilter(run.ended_at)
 ORDER BY run.ended_at DESC
 LIMIT 20
