WITH replicates AS (
  SELECT DISTINCT ON (CASE WHEN run.executor = ANY(ARRAY[:simulators]::text[]) AND run.seed IS NOT NULL
                           THEN run.boot_state_hash || '/' || run.seed ELSE run.run_id::text END)
         :cell AS cell,
         result.generation || ' / ' || result.virtualization || ' / ' || result.executor AS generation,
         coalesce(boot.boot_state ->> 'kernelRelease', 'unknown') AS kernel,
         CASE boot.boot_state ->> 'kpti' WHEN 'true' THEN 'on' WHEN 'false' THEN 'off' ELSE 'unknown' END AS kpti,
         result.host_id, result.executor, result.samples, result.p50_cycles, result.tsc_khz
    FROM run_results AS result
    JOIN runs AS run USING (run_id)
    LEFT JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
   WHERE result.provenance = ${provenance:sqlstring} AND run.provenance = ${provenance:sqlstring}
     AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND $__timeFilter(result.ended_at)
), hosts AS (
  SELECT cell, generation, kernel, kpti, host_id, executor, count(*) AS runs, count(tsc_khz) AS clocks, sum(samples) AS samples,
         min(tsc_khz) AS slowest, max(tsc_khz) AS fastest,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS cycles,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) AS ns
    FROM replicates
   GROUP BY 1, 2, 3, 4, 5, 6
), cells AS (
  SELECT cell, generation, kernel, kpti,
         count(*) AS hosts,
         count(*) FILTER (WHERE EXISTS (SELECT 1 FROM host_noise AS noise
                  WHERE noise.host_id = hosts.host_id AND noise.executor = hosts.executor AND noise.provenance = ${provenance:sqlstring}
                    AND noise.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND noise.metric = ANY(ARRAY[${metric:sqlstring}]::text[]) AND :noisy)) AS noisy,
         sum(runs)::float8 AS runs,
         sum(samples)::float8 AS samples,
         CASE WHEN max(fastest) <= min(slowest) * 1.001 OR sum(clocks) = 0
              THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY cycles) END AS cycles,
         CASE WHEN sum(clocks) = sum(runs) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS ns
    FROM hosts
   GROUP BY 1, 2, 3, 4
)
SELECT generation, kernel, kpti AS "KPTI", hosts, noisy AS "noisy hosts", runs, samples,
       cycles AS "median of host medians",
       ns AS "nanoseconds",
       ns / nullif((SELECT a.ns FROM cells AS a
                     WHERE a.cell = ANY(ARRAY[${a:sqlstring}]::text[]) AND a.kernel = cells.kernel AND a.kpti = cells.kpti), 0) AS "ns, ratio to a"
  FROM cells
 ORDER BY ns, cycles
 LIMIT 500
