WITH borders AS (
  SELECT segment.host_id, segment.boot_state_hash, segment.first_ended_at,
         lag(segment.boot_state_hash) OVER (PARTITION BY segment.host_id, segment.executor ORDER BY segment.first_ended_at) AS before_hash
    FROM segments AS segment
   WHERE segment.provenance = ${provenance:sqlstring}
)
SELECT date_trunc('day', border.first_ended_at, 'UTC') AS "time",
       count(DISTINCT border.host_id)::text || CASE count(DISTINCT border.host_id) WHEN 1 THEN ' host of ' ELSE ' hosts of ' END || boot.generation || ': another boot state' AS "text",
       'boot state' AS "tags"
  FROM borders AS border
  JOIN boot_states AS boot ON boot.boot_state_hash = border.boot_state_hash
 WHERE border.before_hash IS NOT NULL AND $__timeFilter(border.first_ended_at)
 GROUP BY 1, boot.generation
 ORDER BY 1
 LIMIT 500
