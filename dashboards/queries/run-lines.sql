SELECT line.place::float8 AS "line", line.text
  FROM runs AS run
  JOIN run_lines AS log ON log.run_id = run.run_id
 CROSS JOIN unnest(log.lines) WITH ORDINALITY AS line (text, place)
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
 ORDER BY 1
 LIMIT 10
