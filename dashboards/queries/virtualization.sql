WITH measured AS (
  \ir parts/levels-of-hosts.sql
), hosts AS (
  SELECT boot.generation || :demo AS generation,
         boot.virtualization AS virtualization,
         boot.hypervisor AS hypervisor,
         series.executor,
         boot.kernel AS kernel,
         :kpti AS kpti,
         series.host_id, max(:selector) AS selector, max(:cell) AS cell, max(:model) AS model,
         min(:settings) AS settings_first, max(:settings) AS settings_last, min(:microcode) AS microcode_first, max(:microcode) AS microcode_last, bool_or(:noisy) AS noisy,
         CASE WHEN count(*) = count(series.ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY series.ns) END AS ns
    FROM measured AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
   GROUP BY 1, 2, 3, 4, 5, 6, 7
), of_models AS (
  SELECT hosts.*, min(microcode_first) OVER model <> max(microcode_last) OVER model AS two_microcodes
    FROM hosts
  WINDOW model AS (PARTITION BY generation, virtualization, hypervisor, executor, kernel, kpti, model)
), cells AS (
  SELECT generation, virtualization, hypervisor, executor, kernel, kpti, count(*) AS hosts, count(*) FILTER (WHERE noisy) AS noisy, max(selector) AS selector, max(cell) AS cell,
         bool_or(two_microcodes) OR min(settings_first) <> max(settings_last) AS mixed,
         CASE WHEN count(*) = count(ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS ns
    FROM of_models
   GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT cell.generation, cell.virtualization AS "virtualization", cell.hypervisor, cell.executor, cell.kernel, cell.kpti AS "KPTI",
       cell.hosts, cell.noisy AS "noisy hosts", cell.ns AS "median", bare.hosts AS "bare hosts", bare.ns AS "bare median",
       CASE WHEN NOT cell.mixed AND NOT bare.mixed THEN cell.ns / nullif(bare.ns, 0) END AS "to bare",
       bare.selector AS "a", cell.selector AS "b", cell.cell AS "cell"
  FROM cells AS cell
  LEFT JOIN cells AS bare ON bare.virtualization = 'bare' AND bare.generation = cell.generation AND bare.executor = cell.executor
                         AND bare.kernel = cell.kernel AND bare.kpti = cell.kpti
 WHERE cell.virtualization <> 'bare'
 ORDER BY 12 DESC NULLS LAST, 1, 2, 5, 6
 LIMIT 300
