SELECT :cellOfRow AS "group"
  FROM daily_cells AS cells
 WHERE cells.kernel = ANY(ARRAY[${kernel:sqlstring}]::text[]) AND cells.kpti = ANY(ARRAY[${kpti:sqlstring}]::text[])
   AND
   \ir parts/asked-cells.sql
 GROUP BY 1
 ORDER BY :order
 LIMIT 1000
