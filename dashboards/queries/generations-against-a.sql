WITH replicates AS (
  SELECT DISTINCT ON (CASE WHEN run.executor = ANY(ARRAY[:simulators]::text[]) AND run.seed IS NOT NULL
                           THEN run.boot_state_hash || '/' || run.seed ELSE run.run_id::text END)
         result.generation || ' / ' || result.virtualization || ' / ' || result.executor AS generation,
         coalesce(run.labels ->> 'kpti', 'unknown') AS kpti,
         result.host_id, result.samples, result.p50_cycles, result.tsc_khz
    FROM run_results AS result JOIN runs AS run USING (run_id)
   WHERE result.provenance = ${provenance:sqlstring} AND run.provenance = ${provenance:sqlstring}
     AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND $__timeFilter(result.ended_at)
), groups AS (
  SELECT generation, kpti,
         count(DISTINCT host_id) AS hosts,
         count(*) AS runs,
         sum(samples)::float8 AS samples,
         CASE WHEN max(tsc_khz) <= min(tsc_khz) * 1.001 OR count(tsc_khz) = 0
              THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) END AS cycles,
         CASE WHEN count(tsc_khz) = count(*)
              THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) END AS ns
    FROM replicates
   GROUP BY generation, kpti
)
SELECT generation, kpti AS "KPTI", hosts, runs, samples,
       cycles AS "median of run medians",
       ns AS "nanoseconds",
       ns / nullif((SELECT a.ns FROM groups AS a
                     WHERE a.generation = ANY(ARRAY[${a:sqlstring}]::text[]) AND a.kpti = groups.kpti), 0) AS "ns, ratio to a"
  FROM groups
 ORDER BY ns, cycles
