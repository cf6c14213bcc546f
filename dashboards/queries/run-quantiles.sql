SELECT result.metric, result.samples::float8 AS "samples", result.invalid::float8 AS "invalid", result.interrupted::float8 AS "interrupted",
       result.min_cycles AS "min", result.p5_cycles AS "p5", result.p25_cycles AS "p25", result.p50_cycles AS "p50",
       result.p75_cycles AS "p75", result.p95_cycles AS "p95", result.p99_cycles AS "p99", result.max_cycles AS "max",
       result.p50_cycles / result.tsc_khz * 1e6 AS "p50 in ns"
  FROM run_results AS result
 WHERE result.provenance = ${provenance:sqlstring} AND result.run_id = :run
 ORDER BY 1
