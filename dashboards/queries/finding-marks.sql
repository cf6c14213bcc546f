SELECT finding.from_day::timestamptz AS "time",
       (finding.view ->> 'metric') || ' ' || finding.direction || ' on ' || array_to_string(finding.generations, ', ') || ' (' || finding.state || ')' AS "text",
       finding.state AS "tags"
  FROM findings AS finding
 WHERE finding.view ->> 'provenance' = ${provenance:sqlstring}
   AND finding.state IN ('open', 'acknowledged', 'expected', 'muted', 'resolved')
   AND finding.to_day >= $__timeFrom()::date AND finding.from_day <= $__timeTo()::date
 ORDER BY 1
 LIMIT 200
