WITH hosts AS (
  \ir host-levels.sql
), of_models AS (
  SELECT hosts.*, min(microcode_first) OVER model <> max(microcode_last) OVER model AS two_microcodes,
         EXISTS (SELECT 1 FROM host_noise AS noise
                  WHERE noise.provenance = ${provenance:sqlstring} AND noise.host_id = hosts.host_id AND noise.executor = hosts.executor
                    AND noise.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND noise.metric = ANY(ARRAY[${metric:sqlstring}]::text[]) AND :noisy) AS noisy
    FROM hosts
  WINDOW model AS (PARTITION BY cell, model)
), cells AS (
  SELECT cell, generation, year, virtualization, executor, kernel, kpti, count(*) AS hosts, count(*) FILTER (WHERE noisy) AS noisy, sum(runs) AS runs, sum(samples) AS samples,
         CASE WHEN max(fastest) <= min(slowest) * 1.001 OR count(slowest) = 0 THEN exp(avg(log_cycles)) END AS cycles,
         CASE WHEN count(log_ns) = count(*) THEN avg(log_ns) END AS log_ns,
         exp(min(log_ns)) AS lowest_ns, exp(max(log_ns)) AS highest_ns, (array_agg(host_id ORDER BY log_ns DESC NULLS LAST, host_id))[1] AS slowest_host,
         CASE WHEN count(*) >= :minHosts AND count(log_ns) = count(*) THEN var_samp(log_ns) / count(*) END AS variance,
         count(*) - 1 AS degrees,
         min(settings_first) AS settings,
         max(model) AS model, max(microcode_last) AS microcode,
         nullif(concat_ws(', ', CASE WHEN bool_or(two_microcodes) THEN 'microcode' END,
                                CASE WHEN min(settings_first) <> max(settings_last) THEN 'SMT, turbo, governor or hypervisor' END), '') AS mixed
    FROM of_models
   GROUP BY 1, 2, 3, 4, 5, 6, 7
)
