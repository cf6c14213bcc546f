SELECT now() AS time, subscription AS projection,
       CASE WHEN position < max(position) OVER () THEN (extract(epoch FROM now() - updated_at) / 60)::float8 ELSE 0 END AS value
  FROM checkpoints
