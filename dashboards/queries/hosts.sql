SELECT host.host_id AS "host",
       host.generation,
       host.virtualization,
       host.boot_state->>'kernelRelease' AS "kernel",
       host.boot_state->>'microcode' AS "microcode",
       CASE host.boot_state->>'kpti' WHEN 'true' THEN 'on' WHEN 'false' THEN 'off' ELSE 'unknown' END AS "kpti",
       (SELECT count(*) FROM runs AS run
         WHERE run.host_id = host.host_id AND run.state = 'completed'
           AND run.provenance = ${provenance:sqlstring} AND $__timeFilter(run.ended_at)) AS "completed runs",
       CASE WHEN EXISTS (SELECT 1 FROM host_noise AS noise
                          WHERE noise.host_id = host.host_id AND noise.provenance = ${provenance:sqlstring} AND :noisy) THEN 'grade D' END AS "noise",
       presence.seen_at AS "last seen"
  FROM hosts AS host
  LEFT JOIN host_presence AS presence ON presence.host_id = host.host_id
 WHERE host.capabilities @> jsonb_build_array(jsonb_build_object('provenance', ${provenance:sqlstring}::text))
 ORDER BY presence.seen_at <= now() - interval '7 days', presence.seen_at, 1
 LIMIT 10000
