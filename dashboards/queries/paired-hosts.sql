WITH levels AS (
  SELECT segment.host_id, :same AS same, :varies AS variant, max(:selector) AS selector, min(series.day) AS first_day, count(*) AS days,
         bool_or(:noisy) AS noisy,
         avg(ln(coalesce(series.level_cycles, series.p50_cycles))) AS level
    FROM daily_series AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
     AND coalesce(series.level_cycles, series.p50_cycles) > 0
   GROUP BY segment.host_id, :same, :varies
  HAVING count(*) >= :leastDays
), pairs AS (
  SELECT a.same, a.variant AS before, b.variant AS after, a.host_id, exp(b.level - a.level) AS ratio,
         a.noisy OR b.noisy AS noisy, a.selector AS a, b.selector AS b
    FROM levels AS a JOIN levels AS b ON b.host_id = a.host_id AND b.same = a.same
   WHERE b.variant <> a.variant AND (a.first_day, a.variant) < (b.first_day, b.variant)
)
SELECT same AS "where", before AS "from", after AS "to", count(*) AS "hosts", count(*) FILTER (WHERE noisy) AS "noisy hosts",
       exp(percentile_cont(0.5) WITHIN GROUP (ORDER BY ln(ratio))) AS "ratio",
       CASE WHEN count(*) >= 6 THEN min(ratio) END AS "interval from",
       CASE WHEN count(*) >= 6 THEN max(ratio) END AS "interval to",
       max(a) AS "a", max(b) AS "b"
  FROM pairs
 GROUP BY 1, 2, 3
 ORDER BY 6 DESC, 1, 2, 3
 LIMIT 200
