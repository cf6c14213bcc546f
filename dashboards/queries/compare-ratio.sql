SELECT b.median / nullif(a.median, 0) AS "b / a"
  FROM (SELECT count(*) AS runs, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS median
          FROM run_results
         WHERE provenance = ${provenance:sqlstring} AND metric = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND generation || ' / ' || virtualization = ANY(ARRAY[${a:sqlstring}]::text[])
           AND $__timeFilter(ended_at)) AS a,
       (SELECT count(*) AS runs, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS median
          FROM run_results
         WHERE provenance = ${provenance:sqlstring} AND metric = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND generation || ' / ' || virtualization = ANY(ARRAY[${b:sqlstring}]::text[])
           AND $__timeFilter(ended_at)) AS b
 WHERE a.runs >= :minRuns AND b.runs >= :minRuns
