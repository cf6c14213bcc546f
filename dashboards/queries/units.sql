SELECT unit.name AS "unit"
  FROM (VALUES ('ns', 1), ('cycles', 2)) AS unit (name, place)
 WHERE unit.name = 'cycles'
    OR EXISTS (SELECT 1 FROM daily_series AS series
                WHERE series.p50_ns IS NOT NULL
                  AND
                  \ir parts/asked-days.sql
              )
 ORDER BY unit.place
