WITH counted AS (
  \ir parts/completed-runs-of-hosts.sql
), noisy AS (
  SELECT DISTINCT noise.host_id FROM host_noise AS noise WHERE noise.provenance = ${provenance:sqlstring} AND :noisy
)
SELECT host.host_id AS "host",
       host.generation,
       host.virtualization,
       nullif(boot.kernel, 'unknown') AS "kernel",
       nullif(boot.microcode, '?') AS "microcode",
       coalesce(boot.kpti, 'unknown') AS "KPTI",
       coalesce(counted.completed, 0) AS "completed runs",
       CASE WHEN noisy.host_id IS NOT NULL THEN 'grade D' END AS "noise",
       host_state(service.state, presence.silent) AS "state",
       presence.seen_at AS "last seen"
  FROM hosts AS host
  LEFT JOIN boot_states AS boot USING (boot_state_hash)
  LEFT JOIN counted ON counted.host_id = host.host_id
  LEFT JOIN noisy ON noisy.host_id = host.host_id
  LEFT JOIN host_presence AS presence ON presence.host_id = host.host_id AND presence.worker_id = host.worker_id
  LEFT JOIN host_service AS service ON service.host_id = host.host_id
 WHERE host_state(service.state, presence.silent) <> 'removed'
   AND host.capabilities @> jsonb_build_array(jsonb_build_object('provenance', ${provenance:sqlstring}::text))
 ORDER BY host_state(service.state, presence.silent) <> 'silent', presence.seen_at, 1
 LIMIT 10000
