WITH hosts AS (
  SELECT series.day, :cell AS cell, series.host_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_cycles) AS cycles
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.probe = :'probe'
     AND series.metric = :'metric'
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2, 3
)
SELECT day AS "time", cell AS metric, percentile_cont(0.5) WITHIN GROUP (ORDER BY cycles) AS "p50"
  FROM hosts
 WHERE cell = ANY(ARRAY[${group:sqlstring}]::text[])
 GROUP BY 1, 2
 ORDER BY 1, 2
