WITH measured AS (
  SELECT series.provenance, series.probe, series.metric, series.executor, series.host_id, series.boot_state_hash,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_cycles, series.p50_cycles)) FILTER (WHERE series.day > $__timeTo()::timestamptz - interval ':recentHours hours')
           / percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(series.level_cycles, series.p50_cycles)) FILTER (WHERE series.day <= $__timeTo()::timestamptz - interval ':recentHours hours') AS ratio,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.day > $__timeTo()::timestamptz - interval ':recentHours hours') AS ns
    FROM daily_series AS series
   WHERE series.day > $__timeTo()::timestamptz - interval ':allHours hours' AND coalesce(series.level_cycles, series.p50_cycles) > 0
     AND series.day <= $__timeTo()::timestamptz AND series.provenance = ${provenance:sqlstring}
     AND
     \ir parts/asked-series.sql
   GROUP BY 1, 2, 3, 6, 5, 4
  HAVING count(*) FILTER (WHERE series.day > $__timeTo()::timestamptz - interval ':recentHours hours') >= :leastDays
     AND count(*) FILTER (WHERE series.day <= $__timeTo()::timestamptz - interval ':recentHours hours') >= :leastDays
), named AS (
  SELECT :cell AS cell, series.executor, series.host_id, series.ratio, series.ns, :noisy AS noisy, :selector AS selector
    FROM measured AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    LEFT JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
), hosts AS (
  SELECT cell, host_id, min(executor) AS executor, exp(avg(ln(ratio))) AS ratio, CASE WHEN count(ns) = count(*) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS ns,
         bool_or(noisy) AS noisy, max(selector) AS selector
    FROM named
   WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
   GROUP BY 1, 2
)
SELECT cell AS "generation",
       count(*) AS "hosts",
       count(*) FILTER (WHERE noisy) AS "noisy hosts",
       CASE WHEN count(ns) = count(*) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS "now",
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
           AND finding.view ->> 'executor' = min(hosts.executor)
           AND finding.state IN ('open', 'acknowledged', 'expected', 'muted')
           AND finding.hosts && array_agg(hosts.host_id)
           AND finding.to_day >= (($__timeTo()::timestamptz - interval ':recentHours hours') AT TIME ZONE 'UTC')::date
           AND finding.from_day <= ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date
         ORDER BY finding.to_day DESC, finding.finding_id DESC
         LIMIT 1) AS "verdict",
       max(selector) AS "selector"
  FROM hosts
 GROUP BY cell
 ORDER BY 5 DESC, 1
 LIMIT 200
