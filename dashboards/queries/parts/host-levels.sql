SELECT :cell AS cell, boot.generation AS generation, boot.year AS year,
       boot.virtualization AS virtualization, series.executor,
       boot.kernel AS kernel, :kpti AS kpti, series.host_id,
       max(:model) AS model, min(:microcode) AS microcode_first, max(:microcode) AS microcode_last, min(:settings) AS settings_first, max(:settings) AS settings_last,
       sum(series.runs)::float8 AS runs, sum(series.samples)::float8 AS samples, max(series.clock) AS fastest, min(series.clock) AS slowest,
       sum(series.run_logs) / sum(series.runs) AS log_cycles,
       CASE WHEN sum(series.days) = sum(series.clocks) THEN sum(series.run_logs_ns) / sum(series.runs) END AS log_ns
  FROM (
    \ir levels-of-hosts.sql
  ) AS series
  JOIN boot_states AS boot USING (boot_state_hash)
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
