SELECT right(finding.finding_id::text, 12) AS "finding", finding.state,
       (finding.view ->> 'kind') || ' ' || finding.direction AS "change",
       finding.view ->> 'probe' AS "probe", finding.view ->> 'metric' AS "metric",
       array_to_string(finding.generations, ', ') AS "generations",
       cardinality(finding.hosts) AS "hosts", finding.hosts[1] AS "first host",
       finding.from_day::timestamp AT TIME ZONE 'UTC' AS "first day", finding.to_day::timestamp AT TIME ZONE 'UTC' AS "last day",
       coalesce((finding.view #>> '{confirmation,figures,ratio}')::float8, (finding.view ->> 'ratio')::float8) AS "ratio",
       coalesce(finding.view #>> '{confirmation,figures,interval,low}', finding.view #>> '{interval,low}')::float8 AS "interval from",
       coalesce(finding.view #>> '{confirmation,figures,interval,high}', finding.view #>> '{interval,high}')::float8 AS "interval to",
       finding.view #>> '{confirmation,figures,verdict}' AS "verdict",
       coalesce(finding.view #>> '{acknowledged,note}', finding.view #>> '{expected,note}', finding.view #>> '{muted,note}',
                finding.view #>> '{resolved,note}', finding.view #>> '{withdrawn,reason}', finding.view ->> 'heldUp') AS "said",
       finding.finding_id::text AS "id"
  FROM findings AS finding
 WHERE finding.view ->> 'provenance' = ${provenance:sqlstring}
   AND finding.state = ANY(ARRAY[:states]::text[])
   AND finding.to_day >= ($__timeFrom()::timestamptz AT TIME ZONE 'UTC')::date AND finding.from_day <= ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date
 ORDER BY finding.to_day DESC, finding.finding_id DESC
 LIMIT 100
