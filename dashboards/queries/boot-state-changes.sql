WITH borders AS (
  SELECT segment.host_id, segment.boot_state_hash, segment.first_ended_at,
         lag(segment.boot_state_hash) OVER (PARTITION BY segment.host_id, segment.executor ORDER BY segment.first_ended_at) AS before_hash
    FROM segments AS segment
   WHERE segment.provenance = ${provenance:sqlstring}
)
SELECT date_trunc('day', border.first_ended_at, 'UTC') AS "time",
       boot.generation AS "generation",
       count(DISTINCT border.host_id) AS "hosts",
       nullif(concat_ws(', ',
         CASE WHEN boot.kernel <> earlier.kernel THEN 'kernel ' || earlier.kernel || ' → ' || boot.kernel END,
         CASE WHEN boot.microcode <> earlier.microcode THEN 'microcode ' || earlier.microcode || ' → ' || boot.microcode END,
         CASE WHEN boot.kpti <> earlier.kpti THEN 'KPTI ' || earlier.kpti || ' → ' || boot.kpti END,
         CASE WHEN boot.boot_state #>> '{cpu,name}' IS DISTINCT FROM earlier.boot_state #>> '{cpu,name}' THEN 'another CPU' END), '') AS "changed",
       min(border.host_id) AS "first host",
       array_to_string((array_agg(DISTINCT border.host_id))[1: :named], ', ')
         || CASE WHEN count(DISTINCT border.host_id) > :named THEN ' and ' || count(DISTINCT border.host_id) - :named || ' more' ELSE '' END AS "which"
  FROM borders AS border
  JOIN boot_states AS boot ON boot.boot_state_hash = border.boot_state_hash
  JOIN boot_states AS earlier ON earlier.boot_state_hash = border.before_hash
 WHERE $__timeFilter(border.first_ended_at)
 GROUP BY 1, 2, 4
 ORDER BY 1 DESC, 2, 4
 LIMIT 500
