SELECT run.host_id AS "host",
       count(*) FILTER (WHERE run.state = 'queued') AS "queued",
       count(*) FILTER (WHERE run.state = 'started') AS "started",
       min(run.queued_at) FILTER (WHERE run.state = 'queued') AS "waiting since",
       host_state(max(service.state), bool_or(presence.silent)) AS "host is",
       max(presence.seen_at) AS "worker seen"
  FROM runs AS run
  LEFT JOIN host_presence AS presence ON presence.host_id = run.host_id
  LEFT JOIN host_service AS service ON service.host_id = run.host_id
 WHERE run.state IN ('queued', 'started')
 GROUP BY 1
 ORDER BY 4 NULLS LAST, 1
 LIMIT 200
