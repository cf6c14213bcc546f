SELECT at AS "time", generation AS metric, sum(hosts)::float8 AS "hosts"
  FROM (
    SELECT cells.day AS at, cells.generation, cells.hosts
      FROM daily_cells AS cells
     WHERE :allHosts AND :cellOfRow = ANY(ARRAY[${group:sqlstring}]::text[])
       AND
       \ir parts/asked-cells.sql
    UNION ALL
    SELECT series.day, boot.generation, count(DISTINCT (series.host_id, :cell))
      FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
     WHERE NOT :allHosts AND :cell = ANY(ARRAY[${group:sqlstring}]::text[])
       AND
       \ir parts/asked-days.sql
     GROUP BY 1, 2
  ) AS days
 GROUP BY 1, 2
 ORDER BY 1, 2
 LIMIT 10000
