SELECT series.host_id
  FROM (
    \ir parts/levels.sql
  ) AS series
 GROUP BY series.host_id
 ORDER BY max(series.last_day) DESC, series.host_id
 LIMIT 1000
