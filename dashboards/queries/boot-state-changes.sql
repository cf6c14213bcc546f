WITH borders AS (
  SELECT segment.host_id, segment.boot_state_hash, segment.first_ended_at,
         lag(segment.boot_state_hash) OVER (PARTITION BY segment.host_id, segment.executor ORDER BY segment.first_ended_at) AS before_hash
    FROM segments AS segment
   WHERE segment.provenance = ${provenance:sqlstring}
), asked AS (
  SELECT border.host_id, border.boot_state_hash, border.before_hash, date_trunc('day', border.first_ended_at, 'UTC') AS day
    FROM borders AS border
   WHERE border.before_hash IS NOT NULL AND $__timeFilter(border.first_ended_at)
), changes AS (
  SELECT pair.boot_state_hash, pair.before_hash, boot.generation,
         nullif(concat_ws(', ',
           CASE WHEN boot.boot_state #>> '{cpu,name}' IS DISTINCT FROM earlier.boot_state #>> '{cpu,name}' THEN 'another CPU' END,
           CASE WHEN boot.kernel <> earlier.kernel THEN 'kernel ' || earlier.kernel || ' → ' || boot.kernel END,
           CASE WHEN boot.kpti <> earlier.kpti THEN 'KPTI ' || earlier.kpti || ' → ' || boot.kpti END,
           (SELECT string_agg(fact.said || ' ' || fact.before || ' → ' || fact.after, ', ' ORDER BY fact.place)
              FROM (SELECT place, said, coalesce(earlier.boot_state ->> name, 'unknown') AS before, coalesce(boot.boot_state ->> name, 'unknown') AS after
                      FROM (VALUES (1, 'microcode', 'microcode'), (2, 'smt', 'SMT'), (3, 'turbo', 'turbo'), (4, 'governor', 'governor'),
                                   (5, 'virtualization', 'virtualization'), (6, 'hypervisor', 'hypervisor'), (7, 'clockSource', 'clock source'),
                                   (8, 'tscInvariant', 'TSC invariant'), (9, 'cpus', 'CPUs')) AS told (place, name, said)) AS fact
             WHERE fact.before <> fact.after),
           (SELECT string_agg('mitigation ' || name || ' ' || coalesce(earlier.boot_state #>> ARRAY['mitigations', name], 'unknown') || ' → '
                              || coalesce(boot.boot_state #>> ARRAY['mitigations', name], 'unknown'), ', ' ORDER BY name)
              FROM jsonb_object_keys((earlier.boot_state -> 'mitigations') || (boot.boot_state -> 'mitigations')) AS name
             WHERE boot.boot_state #>> ARRAY['mitigations', name] IS DISTINCT FROM earlier.boot_state #>> ARRAY['mitigations', name]
               AND (name <> 'meltdown' OR boot.kpti = earlier.kpti)),
           CASE WHEN boot.boot_state ->> 'kernelCommandLine' IS DISTINCT FROM earlier.boot_state ->> 'kernelCommandLine' THEN 'another command line' END,
           CASE WHEN boot.kernel = earlier.kernel AND boot.boot_state ->> 'kernelVersion' IS DISTINCT FROM earlier.boot_state ->> 'kernelVersion' THEN 'another build of the kernel' END,
           CASE WHEN boot.boot_state #>> '{cpu,name}' IS NOT DISTINCT FROM earlier.boot_state #>> '{cpu,name}'
                 AND round((boot.boot_state ->> 'tscKhz')::numeric / 1000) IS DISTINCT FROM round((earlier.boot_state ->> 'tscKhz')::numeric / 1000) THEN 'another TSC rate' END,
           (SELECT 'facts of its executor: ' || string_agg(name, ', ' ORDER BY name)
              FROM jsonb_object_keys(coalesce(earlier.boot_state -> 'extra', '{}') || coalesce(boot.boot_state -> 'extra', '{}')) AS name
             WHERE boot.boot_state #>> ARRAY['extra', name] IS DISTINCT FROM earlier.boot_state #>> ARRAY['extra', name])), '') AS changed
    FROM (SELECT DISTINCT boot_state_hash, before_hash FROM asked) AS pair
    JOIN boot_states AS boot ON boot.boot_state_hash = pair.boot_state_hash
    JOIN boot_states AS earlier ON earlier.boot_state_hash = pair.before_hash
)
SELECT asked.day AS "time",
       change.generation AS "generation",
       count(DISTINCT asked.host_id) AS "hosts",
       change.changed AS "changed",
       min(asked.host_id) AS "first host",
       array_to_string((array_agg(DISTINCT asked.host_id))[1: :named], ', ')
         || CASE WHEN count(DISTINCT asked.host_id) > :named THEN ' and ' || count(DISTINCT asked.host_id) - :named || ' more' ELSE '' END AS "which"
  FROM asked
  JOIN changes AS change USING (boot_state_hash, before_hash)
 GROUP BY 1, 2, 4
 ORDER BY 1 DESC, 2, 4
 LIMIT 500
