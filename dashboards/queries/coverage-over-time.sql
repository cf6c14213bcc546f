SELECT series.day AS "time",
       coalesce(boot.boot_state #>> '{cpu,generation}', 'unknown') AS metric,
       count(DISTINCT series.host_id)::float8 AS "hosts"
  FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
 WHERE
   \ir parts/asked-days.sql
   AND :cell = ANY(ARRAY[${group:sqlstring}]::text[])
 GROUP BY 1, 2
 ORDER BY 1, 2
