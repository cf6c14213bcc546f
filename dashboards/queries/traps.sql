WITH measured AS (
  SELECT series.host_id, series.executor, series.boot_state_hash, series.probe, series.metric,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) AS p50_ns
    FROM (
      SELECT series.host_id, series.executor, series.boot_state_hash, series.probe, series.metric, series.p50_ns
        FROM daily_series AS series
       WHERE NOT :byMonth
         AND
         \ir parts/span-of-days.sql
      UNION ALL
      SELECT series.host_id, series.executor, series.boot_state_hash, series.probe, series.metric, series.p50_ns
        FROM monthly_levels AS series
       WHERE :byMonth AND series.provenance = ${provenance:sqlstring}
         AND series.month >= date_trunc('month', $__timeFrom()::timestamptz, 'UTC') AND series.month <= $__timeTo()::timestamptz
    ) AS series
   GROUP BY 3, 1, 2, 5, 4
), hosts AS (
  SELECT :cell AS cell, series.host_id, series.executor, :ofHost
    FROM measured AS series JOIN boot_states AS boot USING (boot_state_hash)
   GROUP BY 1, 2, 3
)
SELECT cell AS "generation", count(*) AS "hosts",
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM host_noise AS noise
                  WHERE noise.host_id = hosts.host_id AND noise.executor = hosts.executor AND noise.provenance = ${provenance:sqlstring} AND :noisy)) AS "noisy hosts", :ofCell
  FROM hosts
 GROUP BY 1
 ORDER BY 1
 LIMIT 300
