WITH noted AS (
  SELECT size.hour AS at, size.database_bytes::float8 AS bytes
    FROM database_sizes AS size
   WHERE size.hour BETWEEN now() - interval '28 days' AND now() - interval '24 hours'
   ORDER BY size.hour
   LIMIT 1
), since AS (
  SELECT at, bytes FROM noted
  UNION ALL
  SELECT least(min(run.ended_at), now() - interval '24 hours'), 0
    FROM runs AS run
   WHERE NOT EXISTS (SELECT FROM noted)
  HAVING min(run.ended_at) IS NOT NULL
)
SELECT pg_database_size(current_database())
       + 90 * 86400 * greatest(0, pg_database_size(current_database()) - since.bytes) / extract(epoch FROM now() - since.at)::float8 AS bytes
  FROM since
