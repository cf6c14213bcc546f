SELECT now() AS time,
       pg_database_size(current_database()) * (1 + 90 * 86400 / greatest(extract(epoch FROM now() - min(ended_at)), 86400)::float8) AS value
  FROM runs
HAVING count(*) > 0
