SELECT now() AS time, executor, provenance, (sum(lost) / nullif(sum(faults), 0))::float8 AS value
  FROM runs
 WHERE ended_at > now() - interval '24 hours' AND state = 'completed' AND provenance IS NOT NULL
 GROUP BY 2, 3
