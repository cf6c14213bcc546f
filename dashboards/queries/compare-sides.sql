SELECT side.name AS "side",
       side.generation,
       count(DISTINCT result.host_id) AS "hosts",
       count(*) AS "runs",
       sum(result.samples)::float8 AS "samples",
       min(result.p50_cycles) AS "lowest run median",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY result.p50_cycles) AS "median of run medians",
       max(result.p50_cycles) AS "highest run median",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY result.p50_cycles / result.tsc_khz * 1e6) AS "nanoseconds"
  FROM (SELECT 'a' AS name, unnest(ARRAY[${a:sqlstring}]::text[]) AS generation
        UNION ALL
        SELECT 'b', unnest(ARRAY[${b:sqlstring}]::text[])) AS side
  JOIN run_results AS result ON result.generation || ' / ' || result.virtualization || ' / ' || result.executor = side.generation
 WHERE result.provenance = ${provenance:sqlstring}
   AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
   AND $__timeFilter(result.ended_at)
 GROUP BY 1, 2
 ORDER BY 1
