WITH days AS (
  SELECT :cell AS cell, :model AS model, :settings AS settings, :microcode AS microcode, series.host_id, series.day, series.runs, series.p50_cycles, series.p50_ns, series.run_sd,
         coalesce(series.level_cycles, series.p50_cycles) AS level, CASE WHEN :noisy THEN 'grade D' ELSE segment.labels ->> 'noise' END AS noise
    FROM daily_series AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    LEFT JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
   WHERE
     \ir parts/asked-days.sql
), hosts AS (
  SELECT cell, model, settings, microcode, host_id, sum(runs)::float8 AS runs, max(day) AS last_day, percentile_cont(0.5) WITHIN GROUP (ORDER BY level) AS level,
         CASE WHEN count(*) = count(p50_ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) END AS ns,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY run_sd) AS run_sd,
         (array_agg(noise ORDER BY day DESC))[1] AS noise
    FROM days
   GROUP BY 1, 2, 3, 4, 5
), cells AS (
  SELECT cell, model, settings, microcode, percentile_cont(0.5) WITHIN GROUP (ORDER BY level) AS level
    FROM hosts
   GROUP BY 1, 2, 3, 4
)
SELECT host.host_id AS "host", host.cell AS "generation", host.noise AS "noise", host.runs AS "runs", host.level AS "level", host.ns AS "median",
       host.level / nullif(cells.level, 0) AS "to the median host", host.run_sd AS "scatter of runs", host.last_day AS "last day",
       host.microcode AS "microcode"
  FROM hosts AS host JOIN cells USING (cell, model, settings, microcode)
 WHERE cell IN (SELECT cell FROM hosts WHERE host_id = ANY(ARRAY[${host:sqlstring}]::text[]))
 ORDER BY host.cell DESC, 7 DESC, host.host_id
 LIMIT 500
