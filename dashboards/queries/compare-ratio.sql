WITH replicates AS (
  SELECT DISTINCT ON (side.name, CASE WHEN run.executor = ANY(ARRAY[:simulators]::text[]) AND run.seed IS NOT NULL
                                      THEN run.boot_state_hash || '/' || run.seed ELSE run.run_id::text END)
         side.name, result.host_id, run.labels ->> 'kpti' AS kpti, result.p50_cycles, result.tsc_khz
    FROM (SELECT 'a' AS name, unnest(ARRAY[${a:sqlstring}]::text[]) AS generation
          UNION ALL
          SELECT 'b', unnest(ARRAY[${b:sqlstring}]::text[])) AS side
    JOIN run_results AS result ON result.generation || ' / ' || result.virtualization || ' / ' || result.executor = side.generation
    JOIN runs AS run USING (run_id)
   WHERE result.provenance = ${provenance:sqlstring}
     AND run.provenance = ${provenance:sqlstring}
     AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND $__timeFilter(result.ended_at)
), sides AS (
  SELECT name,
         count(*) AS runs,
         count(DISTINCT kpti) AS kpti_states,
         count(tsc_khz) AS clocks,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS cycles,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) AS ns
    FROM replicates
   GROUP BY name
)
SELECT CASE WHEN a.clocks = a.runs AND b.clocks = b.runs THEN b.ns / nullif(a.ns, 0)
            ELSE b.cycles / nullif(a.cycles, 0) END AS "b / a"
  FROM sides AS a, sides AS b
 WHERE a.name = 'a' AND b.name = 'b'
   AND NOT ARRAY[${a:sqlstring}]::text[] && ARRAY[${b:sqlstring}]::text[]
   AND a.runs >= :minRuns AND b.runs >= :minRuns
   AND a.kpti_states <= 1 AND b.kpti_states <= 1
   AND (a.clocks = a.runs AND b.clocks = b.runs
        OR a.clocks + b.clocks = 0 AND (SELECT count(DISTINCT host_id) FROM replicates) = 1)
