SELECT now() AS time,
       (extract(epoch FROM now() - coalesce((SELECT max(ended_at) FROM runs WHERE state = 'completed'), min(registered_at))) / 3600)::float8 AS value
  FROM hosts
HAVING count(*) > 0
