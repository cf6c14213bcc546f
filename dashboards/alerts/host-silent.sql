SELECT now() AS time, host.host_id AS host, (extract(epoch FROM now() - presence.seen_at) / 60)::float8 AS value
  FROM hosts AS host
  JOIN host_presence AS presence ON presence.host_id = host.host_id AND presence.worker_id = host.worker_id
  LEFT JOIN host_service AS service ON service.host_id = host.host_id
 WHERE host_state(service.state, presence.silent) = 'silent'
 ORDER BY 3 DESC
 LIMIT 1000
