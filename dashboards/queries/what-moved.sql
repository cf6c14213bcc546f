WITH measured AS (
  SELECT series.provenance, series.probe, series.metric, series.executor, series.host_id, series.boot_state_hash,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_cycles, series.p50_cycles)) FILTER (WHERE series.day > $__timeTo()::timestamptz - interval ':days days')
           / percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_cycles, series.p50_cycles)) FILTER (WHERE series.day <= $__timeTo()::timestamptz - interval ':days days') AS ratio,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.day > $__timeTo()::timestamptz - interval ':days days') AS ns
    FROM daily_series AS series
   WHERE series.day > $__timeTo()::timestamptz - interval ':beforeDays days' AND coalesce(series.level_cycles, series.p50_cycles) > 0
     AND
     \ir parts/asked-days.sql
   GROUP BY 1, 2, 3, 4, 5, 6
  HAVING count(*) FILTER (WHERE series.day > $__timeTo()::timestamptz - interval ':days days') >= :leastDays
     AND count(*) FILTER (WHERE series.day <= $__timeTo()::timestamptz - interval ':days days') >= :leastDays
), named AS (
  SELECT :cell AS cell, series.host_id, series.ratio, series.ns, :noisy AS noisy, :selector AS selector
    FROM measured AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    LEFT JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
), hosts AS (
  SELECT * FROM named WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
)
SELECT cell AS "generation",
       count(*) AS "hosts",
       count(*) FILTER (WHERE noisy) AS "noisy hosts",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) AS "now",
       exp(percentile_cont(0.5) WITHIN GROUP (ORDER BY ln(ratio))) AS "recent / earlier",
       CASE WHEN count(*) >= :leastForInterval THEN (array_agg(ratio ORDER BY ratio))[:rank] END AS "interval from",
       CASE WHEN count(*) >= :leastForInterval THEN (array_agg(ratio ORDER BY ratio DESC))[:rank] END AS "interval to",
       min(ratio) AS "lowest host",
       max(ratio) AS "highest host",
       (array_agg(host_id ORDER BY ratio DESC, host_id))[1] AS "most changed host",
       (SELECT finding.view #>> '{confirmation,figures,verdict}'
          FROM findings AS finding
         WHERE finding.view ->> 'provenance' = ${provenance:sqlstring}
           AND finding.view ->> 'probe' = ANY(ARRAY[${probe:sqlstring}]::text[])
           AND finding.view ->> 'metric' = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND finding.state IN ('open', 'acknowledged', 'expected', 'muted')
           AND finding.hosts && array_agg(hosts.host_id)
           AND finding.to_day >= ($__timeTo()::timestamptz - interval ':days days')::date AND finding.from_day <= $__timeTo()::date
         ORDER BY finding.to_day DESC, finding.finding_id DESC
         LIMIT 1) AS "verdict",
       max(selector) AS "selector"
  FROM hosts
 GROUP BY cell
 ORDER BY 5 DESC, 1
 LIMIT 200
