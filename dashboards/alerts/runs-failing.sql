SELECT now() AS time, executor, (count(*) FILTER (WHERE state IN ('failed', 'abandoned')) / count(*)::numeric)::float8 AS value
  FROM runs
 WHERE ended_at > now() - interval '6 hours' AND state IN ('completed', 'failed', 'abandoned')
 GROUP BY 2
HAVING count(*) >= 5
