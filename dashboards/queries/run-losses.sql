SELECT gap.occurred_at AS "time", gap.reason, gap.lost_samples::float8 AS "lost samples", gap.lost_records::float8 AS "lost records",
       gap.raw_from::float8 AS "from byte", gap.raw_to::float8 AS "to byte", gap.detail
  FROM run_gaps AS gap
  JOIN runs AS run ON run.run_id = gap.run_id AND run.attempt = gap.attempt
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
 ORDER BY 5, 1
 LIMIT 500
