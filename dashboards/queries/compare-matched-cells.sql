WITH cells AS (
  SELECT :cell AS cell, coalesce(boot.boot_state ->> 'kernelRelease', 'unknown') AS kernel, :kpti AS kpti, max(series.day) AS last_day, count(*) AS days
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE
     \ir parts/asked-days.sql
   GROUP BY 1, 2, 3
), a AS (
  SELECT * FROM cells WHERE cell = ANY(ARRAY[${a:sqlstring}]::text[])
)
SELECT cell AS "group"
  FROM cells
 WHERE kernel = ANY(ARRAY[${kernel:sqlstring}]::text[]) AND kpti = ANY(ARRAY[${kpti:sqlstring}]::text[])
 ORDER BY (SELECT count(*) FROM a WHERE a.cell <> cells.cell AND a.kernel = cells.kernel AND a.kpti = cells.kpti) DESC,
          cell = ANY(ARRAY[${a:sqlstring}]::text[]), last_day DESC, days DESC, cell DESC
