SELECT series.day AS "time",
       string_agg(DISTINCT boot.kernel, ' + ') AS "kernel",
       string_agg(DISTINCT :kpti, ' + ') AS "KPTI",
       string_agg(DISTINCT coalesce(boot.boot_state ->> 'microcode', 'not known'), ' + ') AS "microcode",
       string_agg(DISTINCT coalesce(boot.boot_state ->> 'smt', 'not known'), ' + ') AS "SMT",
       string_agg(DISTINCT boot.generation, ' + ') AS "generation",
       string_agg(DISTINCT left(series.boot_state_hash, 8), ' + ') AS "boot state"
  FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
 WHERE series.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
   AND
   \ir parts/span-of-days.sql
 GROUP BY 1
 ORDER BY 1
 LIMIT 2000
