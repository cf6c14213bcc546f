WITH present AS (
  SELECT cells.probe, cells.metric, :cellOfRow AS cell
    FROM daily_cells AS cells
   WHERE cells.provenance = ${provenance:sqlstring}
     AND cells.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND cells.day <= $__timeTo()::timestamptz
   GROUP BY cells.probe, cells.metric, cells.generation, cells.virtualization, cells.executor, cells.kernel, cells.kpti, cells.demo
), booted AS (
  SELECT boot.kernel, boot.kpti
    FROM segments AS segment JOIN boot_states AS boot USING (boot_state_hash)
   WHERE segment.provenance = ${provenance:sqlstring}
     AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz
   GROUP BY 1, 2
), chosen AS (
  SELECT 1 AS place, 'provenance' AS variable, unnest(ARRAY[${provenance:sqlstring}]::text[]) AS value, ARRAY[:provenances]::text[] AS there
  UNION ALL
  SELECT 2, 'probe', unnest(ARRAY[${probe:sqlstring}]::text[]), ARRAY(SELECT DISTINCT probe FROM present ORDER BY 1)
  UNION ALL
  SELECT 3, 'metric', unnest(ARRAY[${metric:sqlstring}]::text[]),
         ARRAY(SELECT DISTINCT metric FROM present WHERE probe = ANY(ARRAY[${probe:sqlstring}]::text[]) ORDER BY 1)
  UNION ALL
  SELECT 4, 'kernel', unnest(ARRAY[${kernel:sqlstring}]::text[]), ARRAY(SELECT DISTINCT kernel FROM booted ORDER BY 1)
  UNION ALL
  SELECT 5, 'KPTI', unnest(ARRAY[${kpti:sqlstring}]::text[]), ARRAY(SELECT DISTINCT kpti FROM booted ORDER BY 1)
  UNION ALL
  SELECT 6, name, unnest(cells),
         ARRAY(SELECT DISTINCT cell FROM present
                WHERE probe = ANY(ARRAY[${probe:sqlstring}]::text[]) AND metric = ANY(ARRAY[${metric:sqlstring}]::text[]) ORDER BY 1)
    FROM (VALUES :cells) AS variables (name, cells)
)
SELECT CASE WHEN strpos(value, '\"') > 0 THEN 'Grafana can’t ask for a name with a double quote' ELSE 'no such ' || variable END AS "fault", value AS "chosen", coalesce(nullif(array_to_string(there, ', '), ''), 'none in this time') AS "there is"
  FROM chosen
 WHERE value <> ALL(there) AND value <> 'none'
 ORDER BY place, variable, value
