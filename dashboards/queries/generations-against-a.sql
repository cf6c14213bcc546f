SELECT generation || ' / ' || virtualization AS "generation",
       count(DISTINCT host_id) AS "hosts",
       count(*) AS "runs",
       sum(samples)::float8 AS "samples",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS "median of run medians",
       CASE WHEN count(tsc_khz) = count(*)
            THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) END AS "nanoseconds",
       CASE WHEN count(tsc_khz) = count(*)
            THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) END / nullif((
         SELECT CASE WHEN count(tsc_khz) = count(*)
                     THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) END
           FROM run_results
          WHERE provenance = ${provenance:sqlstring} AND metric = ANY(ARRAY[${metric:sqlstring}]::text[])
            AND generation || ' / ' || virtualization = ANY(ARRAY[${a:sqlstring}]::text[])
            AND $__timeFilter(ended_at)), 0) AS "ns, ratio to a"
  FROM run_results
 WHERE provenance = ${provenance:sqlstring} AND metric = ANY(ARRAY[${metric:sqlstring}]::text[]) AND $__timeFilter(ended_at)
 GROUP BY 1
 ORDER BY 5
