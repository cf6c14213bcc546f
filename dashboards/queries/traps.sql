WITH hosts AS (
  SELECT :cell AS cell, series.host_id, :ofHost
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2
)
SELECT cell AS "generation", count(*) AS "hosts", :ofCell
  FROM hosts
 GROUP BY 1
 ORDER BY 1
 LIMIT 300
