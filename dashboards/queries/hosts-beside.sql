WITH measured AS (
  \ir parts/levels-of-hosts.sql
), hosts AS (
  SELECT :cell AS cell, :model AS model, :settings AS settings, :microcode AS microcode, series.host_id, sum(series.runs)::float8 AS runs, max(series.last_day) AS last_day,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.level) AS level,
         CASE WHEN count(*) = count(series.clock) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY series.level / series.clock) END AS level_ns,
         CASE WHEN count(*) = count(series.ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY series.ns) END AS ns,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.run_sd) AS run_sd,
         (array_agg(CASE WHEN :noisy THEN 'grade D' ELSE segment.labels ->> 'noise' END ORDER BY series.last_day DESC))[1] AS noise
    FROM measured AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    LEFT JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
   GROUP BY 1, 2, 3, 4, 5
), cells AS (
  SELECT cell, model, settings, microcode, level_ns IS NULL AS no_clock, percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(level_ns, level)) AS level
    FROM hosts
   GROUP BY 1, 2, 3, 4, 5
)
SELECT host.host_id AS "host", host.cell AS "generation", host.noise AS "noise", host.runs AS "runs", host.level AS "level", host.ns AS "median",
       coalesce(host.level_ns, host.level) / nullif(cells.level, 0) AS "to the median host", host.run_sd AS "scatter of runs", host.last_day AS "last day",
       host.microcode AS "microcode"
  FROM hosts AS host JOIN cells ON cells.cell = host.cell AND cells.model = host.model AND cells.settings = host.settings AND cells.microcode = host.microcode
                                 AND cells.no_clock = (host.level_ns IS NULL)
 WHERE host.cell IN (SELECT cell FROM hosts WHERE host_id = ANY(ARRAY[${host:sqlstring}]::text[]))
 ORDER BY host.host_id = ANY(ARRAY[${host:sqlstring}]::text[]) DESC, host.cell DESC, 7 DESC, host.host_id
 LIMIT 500
