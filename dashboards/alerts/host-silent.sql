SELECT now() AS time, host_id AS host, (extract(epoch FROM now() - seen_at) / 60)::float8 AS value
  FROM host_presence
 WHERE seen_at > now() - interval '7 days'
 ORDER BY 3 DESC
 LIMIT 1000
