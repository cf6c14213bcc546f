SELECT now() AS time, :sizeInQuarter AS value
  FROM (SELECT min(ended_at) AS ended_at FROM runs) AS first
 WHERE ended_at IS NOT NULL
