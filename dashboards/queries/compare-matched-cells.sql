WITH cells AS (
  SELECT :cell AS cell, max(series.day) AS last_day, count(*) AS days
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring} AND series.probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND series.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1
), a AS (
  SELECT unnest(ARRAY[${a:sqlstring}]::text[]) AS cell
)
SELECT cell AS "group"
  FROM cells
 ORDER BY (SELECT count(*) FROM a
            WHERE a.cell <> cells.cell
              AND split_part(a.cell, ' / ', 4) = split_part(cells.cell, ' / ', 4)
              AND split_part(a.cell, ' / ', 5) = split_part(cells.cell, ' / ', 5)) DESC,
          cell = ANY(ARRAY[${a:sqlstring}]::text[]), last_day DESC, days DESC, cell DESC
