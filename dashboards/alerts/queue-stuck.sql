SELECT now() AS time, run.host_id AS host, (extract(epoch FROM now() - min(run.queued_at)) / 60)::float8 AS value
  FROM runs AS run
  JOIN host_presence AS presence ON presence.host_id = run.host_id
  LEFT JOIN host_service AS service ON service.host_id = run.host_id
 WHERE run.state = 'queued' AND host_state(service.state, presence.silent) = 'online'
   AND NOT EXISTS (SELECT FROM runs AS other WHERE other.host_id = run.host_id AND other.state = 'started')
   AND NOT EXISTS (SELECT FROM runs AS other WHERE other.host_id = run.host_id AND other.ended_at > now() - interval '30 minutes')
 GROUP BY 2
 LIMIT 1000
