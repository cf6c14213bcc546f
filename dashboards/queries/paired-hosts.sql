WITH measured AS (
  \ir parts/levels-of-hosts.sql
), levels AS (
  SELECT series.host_id, :same AS same, :varies AS variant, :unchanged AS unchanged, max(:selector) AS selector, min(series.first_day) AS first_day,
         bool_or(:noisy) AS noisy, sum(series.day_logs) / sum(series.days) AS level
    FROM measured AS series
    JOIN boot_states AS boot USING (boot_state_hash)
    JOIN segments AS segment USING (host_id, executor, provenance, boot_state_hash)
    LEFT JOIN host_noise AS noise USING (host_id, executor, probe, metric, provenance)
   GROUP BY series.host_id, 2, 3, 4
  HAVING sum(series.days) >= :leastDays
), sets AS (
  SELECT host_id, same, array_agg(variant) AS variants, array_agg(first_day) AS first_days, array_agg(level) AS levels, array_agg(noisy) AS noisy, array_agg(selector) AS selectors
    FROM levels
   GROUP BY host_id, same, unchanged
  HAVING count(*) > 1
), pairs AS (
  SELECT one.same, a.variant AS before, b.variant AS after, one.host_id, exp(b.level - a.level) AS ratio,
         a.noisy OR b.noisy AS noisy, a.selector AS a, b.selector AS b
    FROM sets AS one,
         unnest(one.variants, one.first_days, one.levels, one.noisy, one.selectors) AS a (variant, first_day, level, noisy, selector),
         unnest(one.variants, one.first_days, one.levels, one.noisy, one.selectors) AS b (variant, first_day, level, noisy, selector)
   WHERE b.variant <> a.variant AND (a.first_day, a.variant) < (b.first_day, b.variant)
), hosts AS (
  SELECT same, before, after, host_id, exp(avg(ln(ratio))) AS ratio, bool_or(noisy) AS noisy, max(a) AS a, max(b) AS b
    FROM pairs
   GROUP BY 1, 2, 3, 4
)
SELECT same AS "where", before AS "from", after AS "to", count(*) AS "hosts", count(*) FILTER (WHERE noisy) AS "noisy hosts",
       exp(percentile_cont(0.5) WITHIN GROUP (ORDER BY ln(ratio))) AS "ratio",
       CASE WHEN count(*) >= :leastForInterval THEN (array_agg(ratio ORDER BY ratio))[:rank] END AS "interval from",
       CASE WHEN count(*) >= :leastForInterval THEN (array_agg(ratio ORDER BY ratio DESC))[:rank] END AS "interval to",
       min(host_id) AS "first host", max(a) AS "a", max(b) AS "b"
  FROM hosts
 GROUP BY 1, 2, 3
 ORDER BY 6 DESC, 1, 2, 3
 LIMIT 200
