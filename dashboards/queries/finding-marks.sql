SELECT finding.from_day::timestamp AT TIME ZONE 'UTC' AS "time",
       (finding.view ->> 'metric') || ' ' || finding.direction || ' on ' || array_to_string(finding.generations, ', ') || ' (' || finding.state || ')' AS "text",
       finding.state AS "tags"
  FROM findings AS finding
 WHERE finding.view ->> 'provenance' = ${provenance:sqlstring}
   AND finding.view ->> 'probe' = ANY(ARRAY[${probe:sqlstring}]::text[])
   AND finding.view ->> 'metric' = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND finding.state IN ('open', 'acknowledged', 'expected', 'muted', 'resolved')
   AND finding.to_day >= ($__timeFrom()::timestamptz AT TIME ZONE 'UTC')::date AND finding.from_day <= ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date
 ORDER BY 1
 LIMIT 200
