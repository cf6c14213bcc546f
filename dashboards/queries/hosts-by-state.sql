SELECT :counts
  FROM (SELECT host_state(service.state, presence.silent) AS state
          FROM hosts AS host
          LEFT JOIN host_presence AS presence ON presence.host_id = host.host_id AND presence.worker_id = host.worker_id
          LEFT JOIN host_service AS service ON service.host_id = host.host_id
         WHERE host.capabilities @> jsonb_build_array(jsonb_build_object('provenance', ${provenance:sqlstring}::text))) AS hosts
HAVING count(*) > 0
 LIMIT 1
