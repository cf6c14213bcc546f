WITH levels AS (
  SELECT series.host_id, series.executor, series.probe, series.metric, series.provenance, series.boot_state_hash, segment.first_ended_at,
         avg(ln(coalesce(series.level_cycles, series.p50_cycles))) AS level
    FROM daily_series AS series
    JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
   WHERE series.day > now() - interval '28 days' AND coalesce(series.level_cycles, series.p50_cycles) > 0
   GROUP BY 1, 2, 3, 4, 5, 6, 7
  HAVING count(*) >= 3
), changes AS (
  SELECT after.*, after.level - before.level AS change
    FROM (SELECT * FROM levels WHERE first_ended_at > now() - interval '14 days') AS after
    CROSS JOIN LATERAL (
      SELECT earlier.level, earlier.boot_state_hash FROM levels AS earlier
       WHERE earlier.host_id = after.host_id AND earlier.executor = after.executor AND earlier.probe = after.probe
         AND earlier.metric = after.metric AND earlier.provenance = after.provenance AND earlier.first_ended_at < after.first_ended_at
       ORDER BY earlier.first_ended_at DESC LIMIT 1) AS before
    JOIN boot_states AS new_boot ON new_boot.boot_state_hash = after.boot_state_hash
    JOIN boot_states AS old_boot ON old_boot.boot_state_hash = before.boot_state_hash
   WHERE new_boot.boot_state #>> '{cpu,name}' IS NOT DISTINCT FROM old_boot.boot_state #>> '{cpu,name}'
), hosts AS (
  SELECT boot.generation, boot.kernel, change.executor, change.provenance, change.probe || ' ' || change.metric AS measure, change.host_id, avg(change.change) AS change
    FROM changes AS change
    JOIN boot_states AS boot ON boot.boot_state_hash = change.boot_state_hash
   GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT now() AS time, generation, kernel, executor, provenance, measure, exp((array_agg(change ORDER BY change))[:rank]) - 1 AS value
  FROM hosts
 GROUP BY 2, 3, 4, 5, 6
HAVING count(*) >= :leastForInterval
 LIMIT 500
