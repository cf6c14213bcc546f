SELECT unit.name AS "unit"
  FROM (VALUES ('ns', 1), ('cycles', 2)) AS unit (name, place)
 WHERE unit.name = 'cycles'
    OR EXISTS (SELECT 1 FROM daily_cells AS cells
                WHERE cells.p50_ns IS NOT NULL
                  AND
                  \ir parts/asked-cells.sql
              )
 ORDER BY unit.place
