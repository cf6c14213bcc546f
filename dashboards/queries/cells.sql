SELECT :cell AS "group"
  FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
 WHERE coalesce(boot.boot_state ->> 'kernelRelease', 'unknown') = ANY(ARRAY[${kernel:sqlstring}]::text[])
   AND :kpti = ANY(ARRAY[${kpti:sqlstring}]::text[])
   AND
   \ir parts/asked-days.sql
 GROUP BY 1
 ORDER BY :order
