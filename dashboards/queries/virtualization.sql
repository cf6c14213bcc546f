WITH hosts AS (
  SELECT coalesce(boot.boot_state #>> '{cpu,generation}', 'unknown') AS generation,
         coalesce(boot.boot_state ->> 'virtualization', 'unknown') AS virtualization,
         coalesce(boot.boot_state ->> 'hypervisor', 'none') AS hypervisor,
         series.executor,
         coalesce(boot.boot_state ->> 'kernelRelease', 'unknown') AS kernel,
         :kpti AS kpti,
         series.host_id, max(:selector) AS selector, bool_or(:noisy) AS noisy,
         CASE WHEN count(*) = count(series.p50_ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) END AS ns
    FROM daily_series AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2, 3, 4, 5, 6, 7
), cells AS (
  SELECT generation, virtualization, hypervisor, executor, kernel, kpti, count(*) AS hosts, count(*) FILTER (WHERE noisy) AS noisy, max(selector) AS selector,
         CASE WHEN count(*) = count(ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS ns
    FROM hosts
   GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT cell.generation, cell.virtualization AS "virtualization", cell.hypervisor, cell.executor, cell.kernel, cell.kpti AS "KPTI",
       cell.hosts, cell.noisy AS "noisy hosts", cell.ns AS "median", bare.hosts AS "bare hosts", bare.ns AS "bare median",
       cell.ns / nullif(bare.ns, 0) AS "to bare", bare.selector AS "a", cell.selector AS "b"
  FROM cells AS cell
  LEFT JOIN cells AS bare ON bare.virtualization = 'bare' AND bare.generation = cell.generation AND bare.executor = cell.executor
                         AND bare.kernel = cell.kernel AND bare.kpti = cell.kpti
 WHERE cell.virtualization <> 'bare'
 ORDER BY 12 DESC NULLS LAST, 1, 2, 5, 6
 LIMIT 300
