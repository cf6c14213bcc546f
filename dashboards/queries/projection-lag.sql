SELECT checkpoint.subscription AS "read model",
       max(checkpoint.position) OVER () - checkpoint.position AS "positions behind the first",
       checkpoint.updated_at AS "last moved",
       CASE WHEN projection.filling_version IS NULL THEN 'no' ELSE 'version ' || projection.filling_version END AS "being filled",
       (SELECT count(*) FROM set_aside_streams) AS "streams set aside"
  FROM checkpoints AS checkpoint
  LEFT JOIN projections AS projection ON projection.name = CASE checkpoint.subscription WHEN 'read-model' THEN 'operational' ELSE checkpoint.subscription END
 ORDER BY 2 DESC, 1
