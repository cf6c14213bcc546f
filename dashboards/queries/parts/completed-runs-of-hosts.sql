SELECT counted.host_id,
       sum(CASE WHEN counted.month > edge.first_month AND counted.month < edge.last_month THEN counted.completed
                ELSE (SELECT sum(of_day) FROM unnest(counted.by_day[CASE counted.month WHEN edge.first_month THEN edge.first_day ELSE 1 END
                                                                    : CASE counted.month WHEN edge.last_month THEN edge.last_day ELSE 31 END]) AS of_day) END) AS completed
  FROM host_runs AS counted
 CROSS JOIN (SELECT date_trunc('month', $__timeFrom()::timestamptz, 'UTC') AS first_month, extract(day FROM $__timeFrom()::timestamptz AT TIME ZONE 'UTC')::integer AS first_day,
                    date_trunc('month', $__timeTo()::timestamptz, 'UTC') AS last_month, extract(day FROM $__timeTo()::timestamptz AT TIME ZONE 'UTC')::integer AS last_day
             OFFSET 0) AS edge
 WHERE :byWholeDays AND counted.provenance = ${provenance:sqlstring}
   AND counted.month >= date_trunc('month', $__timeFrom()::timestamptz, 'UTC') AND counted.month <= $__timeTo()::timestamptz
 GROUP BY 1
UNION ALL
SELECT run.host_id, count(*)
  FROM runs AS run
 WHERE NOT :byWholeDays AND run.provenance = ${provenance:sqlstring} AND run.state = 'completed' AND $__timeFilter(run.ended_at)
 GROUP BY 1
