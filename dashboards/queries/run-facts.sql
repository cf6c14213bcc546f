SELECT run.host_id AS "host", run.executor, run.probe, run.state, run.attempt, run.queued_at AS "queued", run.started_at AS "started", run.ended_at AS "ended",
       run.faults, run.samples::float8 AS "samples", run.lost::float8 AS "lost", run.rejected::float8 AS "rejected",
       run.damaged_lines::float8 AS "damaged lines", run.overhead_cycles AS "overhead",
       coalesce(run.labels ->> 'noise', 'not judged') AS "noise", run.failure ->> 'message' AS "failure"
  FROM runs AS run
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
