SELECT noise.executor, noise.probe, noise.metric, :grade AS "grade", noise.runs, noise.boots, noise.days,
       noise.within_run_sd AS "samples of a run", noise.run_sd AS "runs of a day", noise.day_sd AS "days of a boot", noise.boot_sd AS "between boots"
  FROM host_noise AS noise
 WHERE noise.provenance = ${provenance:sqlstring} AND noise.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
 ORDER BY 1, 2, 3
 LIMIT 100
