WITH replicates AS (
  SELECT DISTINCT ON (state.name, :draw)
         state.name, result.host_id, result.p50_cycles, result.tsc_khz, run.boot_state_hash
    FROM (
      \ir parts/sides-states.sql
    ) AS state
    CROSS JOIN LATERAL (
      \ir parts/runs-of-state.sql
    ) AS run
    JOIN run_results AS result USING (run_id)
   WHERE
     \ir parts/asked-runs.sql
   ORDER BY 1, :draw, result.ended_at DESC, result.run_id
), conditions AS (
  SELECT boot.boot_state ->> 'virtualization' AS virtualization, :model AS model, :microcode AS microcode, :settings AS settings
    FROM boot_states AS boot
   WHERE boot.boot_state_hash IN (SELECT boot_state_hash FROM replicates)
), hosts AS (
  SELECT name, host_id, count(*) AS runs, count(tsc_khz) AS clocks,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS cycles,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) AS ns
    FROM replicates
   GROUP BY name, host_id
), sides AS (
  SELECT name, sum(runs) AS runs, sum(clocks) AS clocks,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY cycles) AS cycles,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) AS ns
    FROM hosts
   GROUP BY name
)
SELECT CASE WHEN a.clocks = a.runs AND b.clocks = b.runs THEN b.ns / nullif(a.ns, 0)
            ELSE b.cycles / nullif(a.cycles, 0) END AS "b / a"
  FROM sides AS a, sides AS b
 WHERE a.name = 'a' AND b.name = 'b'
   AND NOT ARRAY[${a:sqlstring}]::text[] && ARRAY[${b:sqlstring}]::text[]
   AND a.runs >= :minRuns AND b.runs >= :minRuns
   AND (a.clocks = a.runs AND b.clocks = b.runs
        OR a.clocks + b.clocks = 0 AND (SELECT count(DISTINCT host_id) FROM replicates) = 1)
   AND NOT EXISTS (SELECT 1 FROM conditions GROUP BY virtualization HAVING min(settings) <> max(settings))
   AND NOT EXISTS (SELECT 1 FROM conditions GROUP BY virtualization, model HAVING min(microcode) <> max(microcode))
