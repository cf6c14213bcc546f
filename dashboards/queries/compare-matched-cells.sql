WITH cells AS (
  SELECT :cellOfRow AS cell, cells.kernel, cells.kpti, cells.virtualization, cells.executor, max(cells.day) AS last_day, sum(cells.hosts) AS days
    FROM daily_cells AS cells
   WHERE
     \ir parts/asked-cells.sql
   GROUP BY 1, 2, 3, 4, 5
), a AS (
  SELECT * FROM cells WHERE cell = ANY(ARRAY[${a:sqlstring}]::text[])
)
SELECT cell AS "group"
  FROM cells
 WHERE kernel = ANY(ARRAY[${kernel:sqlstring}]::text[]) AND kpti = ANY(ARRAY[${kpti:sqlstring}]::text[])
 ORDER BY (SELECT count(*) FROM a WHERE a.cell <> cells.cell AND a.kernel = cells.kernel AND a.kpti = cells.kpti) DESC,
          cell = ANY(ARRAY[${a:sqlstring}]::text[]),
          (SELECT count(*) FROM a WHERE a.virtualization = cells.virtualization AND a.executor = cells.executor) DESC, last_day DESC, days DESC, cell DESC
 LIMIT 1000
