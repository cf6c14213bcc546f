SELECT wait.begins AS "time", wait.median_s AS "median", wait.p95_s AS "p95"
  FROM queue_waits AS wait
 WHERE wait.provenance = ${provenance:sqlstring}
   AND (NOT :pointsByDay AND wait.span = 'hour' AND wait.begins >= date_trunc('hour', $__timeFrom()::timestamptz, 'UTC')
        OR :pointsByDay AND wait.span = 'day' AND wait.begins >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC'))
   AND wait.begins <= $__timeTo()::timestamptz
 ORDER BY 1
 LIMIT 2000
