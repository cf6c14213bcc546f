SELECT ((stretch.place - 1) * course.faults_a_stretch)::float8 AS "fault", stretch.median::float8 AS "median", stretch.p95::float8 AS "p95"
  FROM runs AS run
  JOIN run_stretches AS course ON course.run_id = run.run_id AND course.metric IN (:metrics)
 CROSS JOIN unnest(course.medians, course.p95s) WITH ORDINALITY AS stretch (median, p95, place)
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
 ORDER BY 1
 LIMIT 100
