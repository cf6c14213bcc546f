WITH replicates AS (
  SELECT DISTINCT ON (state.name, :draw)
         state.name, state.cell, result.host_id, :noisy AS noisy, result.samples, result.p50_cycles, result.p50_cycles / result.tsc_khz * 1e6 AS ns
    FROM (
      \ir parts/sides-states.sql
    ) AS state
    CROSS JOIN LATERAL (
      \ir parts/runs-of-state.sql
    ) AS run
    JOIN run_results AS result USING (run_id)
    LEFT JOIN host_noise AS noise ON noise.host_id = result.host_id AND noise.executor = result.executor AND noise.probe = result.probe
                                 AND noise.metric = result.metric AND noise.provenance = result.provenance
   WHERE
     \ir parts/asked-runs.sql
   ORDER BY 1, :draw, result.ended_at DESC, result.run_id
), hosts AS (
  SELECT name, cell, host_id, bool_or(noisy) AS noisy, count(*) AS runs, sum(samples) AS samples,
         min(p50_cycles) AS lowest, max(p50_cycles) AS highest,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS cycles,
         CASE WHEN count(ns) = count(*) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS ns
    FROM replicates
   GROUP BY 1, 2, 3
)
SELECT name AS "side",
       cell AS "generation",
       count(*) AS "hosts",
       count(*) FILTER (WHERE noisy) AS "noisy hosts",
       sum(runs)::float8 AS "runs",
       sum(samples)::float8 AS "samples",
       min(lowest) AS "lowest run median",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY cycles) AS "median of host medians",
       max(highest) AS "highest run median",
       CASE WHEN count(ns) = count(*) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS "nanoseconds"
  FROM hosts
 GROUP BY 1, 2
 ORDER BY 1
