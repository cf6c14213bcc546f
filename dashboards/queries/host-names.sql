SELECT series.host_id
  FROM daily_series AS series
 WHERE
   \ir parts/asked-days.sql
 GROUP BY series.host_id
 ORDER BY max(series.day) DESC, series.host_id
 LIMIT 1000
