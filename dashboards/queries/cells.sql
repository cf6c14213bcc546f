SELECT DISTINCT :cell AS "group"
  FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
 WHERE series.provenance = ${provenance:sqlstring} AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
 ORDER BY 1
