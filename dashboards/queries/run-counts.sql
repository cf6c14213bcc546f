SELECT run.faults::float8 AS "faults", run.samples::float8 AS "samples", run.lost::float8 AS "lost", run.rejected::float8 AS "rejected",
       run.damaged_lines::float8 AS "damaged lines", run.overhead_cycles::float8 AS "overhead"
  FROM runs AS run
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
