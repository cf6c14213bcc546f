result.provenance = ${provenance:sqlstring}
AND run.provenance = ${provenance:sqlstring}
AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
AND $__timeFilter(result.ended_at)
AND (${noise:sqlstring} <> 'grades A to C' OR NOT EXISTS (
      SELECT 1 FROM host_noise AS noise
       WHERE noise.provenance = ${provenance:sqlstring} AND noise.host_id = result.host_id AND noise.executor = result.executor
         AND noise.probe = result.probe AND noise.metric = result.metric AND :noisy))
