SELECT run.run_id, run.seed, run.host_id, run.executor, run.boot_state_hash, run.provenance
  FROM runs AS run
 WHERE run.host_id = state.host_id AND run.boot_state_hash = state.boot_state_hash AND run.executor = state.executor
   AND run.provenance = state.provenance AND run.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND run.state = 'completed'
   AND run.ended_at <= state.last_ended_at AND $__timeFilter(run.ended_at)
 ORDER BY run.ended_at DESC
 LIMIT :perHost
