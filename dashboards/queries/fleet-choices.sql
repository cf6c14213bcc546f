WITH present AS (
  SELECT DISTINCT generation || ' / ' || virtualization || ' / ' || executor AS "group"
    FROM hourly_results
   WHERE provenance = ${provenance:sqlstring} AND $__timeFilter(hour)
), chosen AS (
  SELECT 1 AS place, 'provenance' AS variable, unnest(ARRAY[${provenance:sqlstring}]::text[]) AS value, ARRAY[:provenances]::text[] AS there
  UNION ALL
  SELECT 2, 'group', unnest(ARRAY[${group:sqlstring}]::text[]), ARRAY(SELECT "group" FROM present ORDER BY 1)
)
SELECT 'no such ' || variable AS "fault", value AS "chosen", coalesce(nullif(array_to_string(there, ', '), ''), 'none in this time') AS "there is"
  FROM chosen
 WHERE value <> ALL(there) AND value <> 'none'
 ORDER BY place, value
