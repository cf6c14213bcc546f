SELECT now() AS time, finding_id::text AS finding, view ->> 'provenance' AS provenance,
       (view ->> 'probe') || ' ' || (view ->> 'metric') AS measure, array_to_string(generations, ', ') AS generation, 1::float8 AS value
  FROM findings
 WHERE state = 'open' AND direction = 'up' AND view ->> 'kind' <> 'noise'
