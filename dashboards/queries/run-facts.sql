SELECT run.host_id AS "host", run.executor, run.probe, run.state, run.attempt, run.queued_at AS "queued", run.started_at AS "started", run.ended_at AS "ended",
       coalesce(run.labels ->> 'noise', 'not judged') AS "noise", run.failure ->> 'message' AS "failure"
  FROM runs AS run
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
