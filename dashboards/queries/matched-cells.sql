WITH days AS (
  \ir parts/levels-of-hosts.sql
), hosts AS (
  SELECT boot.generation || :demo AS generation, boot.year AS year, series.executor,
         boot.kernel AS kernel, coalesce(:mitigations, 'none') AS mitigations,
         boot.virtualization || ', KPTI ' || :kpti AS place, max(:cell) AS cell, series.host_id, sum(series.runs) AS runs, CASE WHEN sum(series.days) = sum(series.clocks) THEN sum(series.run_logs_ns) / sum(series.runs) END AS log_ns
    FROM days AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE boot.kernel = ANY(ARRAY[${kernel:sqlstring}]::text[]) AND :kpti = ANY(ARRAY[${kpti:sqlstring}]::text[])
   GROUP BY 1, 2, 3, 4, 5, 6, 8
)
SELECT year AS "year", generation AS "generation", executor AS "executor", kernel AS "kernel", mitigations AS "mitigations but KPTI",
       count(DISTINCT host_id) AS "hosts", sum(runs)::float8 AS "runs",
       CASE WHEN bool_and(log_ns IS NOT NULL) FILTER (WHERE place = 'bare, KPTI off') THEN exp(avg(log_ns) FILTER (WHERE place = 'bare, KPTI off')) END AS "bare, KPTI off",
       CASE WHEN bool_and(log_ns IS NOT NULL) FILTER (WHERE place = 'bare, KPTI on') THEN exp(avg(log_ns) FILTER (WHERE place = 'bare, KPTI on')) END AS "bare, KPTI on",
       CASE WHEN bool_and(log_ns IS NOT NULL) FILTER (WHERE place = 'vm, KPTI off') THEN exp(avg(log_ns) FILTER (WHERE place = 'vm, KPTI off')) END AS "VM, KPTI off",
       CASE WHEN bool_and(log_ns IS NOT NULL) FILTER (WHERE place = 'vm, KPTI on') THEN exp(avg(log_ns) FILTER (WHERE place = 'vm, KPTI on')) END AS "VM, KPTI on",
       CASE WHEN bool_and(log_ns IS NOT NULL) FILTER (WHERE place NOT IN ('bare, KPTI off', 'bare, KPTI on', 'vm, KPTI off', 'vm, KPTI on')) THEN exp(avg(log_ns) FILTER (WHERE place NOT IN ('bare, KPTI off', 'bare, KPTI on', 'vm, KPTI off', 'vm, KPTI on'))) END AS "elsewhere",
       max(cell) AS "a cell"
  FROM hosts
 GROUP BY 1, 2, 3, 4, 5
 ORDER BY 1 NULLS LAST, 2, 3, 4, 5
 LIMIT 500
