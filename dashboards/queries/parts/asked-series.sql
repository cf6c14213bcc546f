series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
AND (${noise:sqlstring} <> 'grades A to C' OR NOT EXISTS (
      SELECT 1 FROM host_noise AS noise
       WHERE noise.provenance = ${provenance:sqlstring} AND noise.host_id = series.host_id AND noise.executor = series.executor
         AND noise.probe = series.probe AND noise.metric = series.metric AND :noisy))
