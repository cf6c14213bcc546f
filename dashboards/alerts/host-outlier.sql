WITH hosts AS (
  SELECT :cell AS cell, series.provenance, series.probe || ' ' || series.metric AS measure, series.host_id,
         count(*) = count(series.p50_ns) AS in_ns,
         CASE WHEN count(*) = count(series.p50_ns) THEN avg(ln(nullif(coalesce(series.level_ns, series.p50_ns), 0))) ELSE avg(ln(coalesce(series.level_cycles, series.p50_cycles))) END AS level
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.day > now() - interval '7 days' AND coalesce(series.level_cycles, series.p50_cycles) > 0
   GROUP BY 1, 2, 3, 4
  HAVING count(*) >= 3
), cells AS (
  SELECT cell, provenance, measure, in_ns, percentile_cont(0.5) WITHIN GROUP (ORDER BY level) AS level
    FROM hosts
   GROUP BY 1, 2, 3, 4
  HAVING count(*) >= 4
)
SELECT now() AS time, host.host_id AS host, host.provenance, host.measure, abs(exp(host.level - cells.level) - 1) AS value
  FROM hosts AS host JOIN cells USING (cell, provenance, measure, in_ns)
 ORDER BY 5 DESC
 LIMIT 500
