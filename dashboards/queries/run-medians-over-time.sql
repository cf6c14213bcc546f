SELECT latest."time", latest.metric, latest."run median"
  FROM (SELECT result.ended_at AS "time",
               side.name || ': ' || side.generation AS metric,
               result.p50_cycles AS "run median"
          FROM (SELECT 'a' AS name, unnest(ARRAY[${a:sqlstring}]::text[]) AS generation
                UNION ALL
                SELECT 'b', unnest(ARRAY[${b:sqlstring}]::text[])) AS side
          JOIN run_results AS result ON result.generation || ' / ' || result.virtualization || ' / ' || result.executor = side.generation
         WHERE result.provenance = ${provenance:sqlstring}
           AND result.probe = ANY(ARRAY[${probe:sqlstring}]::text[])
     AND result.metric = ANY(ARRAY[${metric:sqlstring}]::text[])
           AND $__timeFilter(result.ended_at)
         ORDER BY result.ended_at DESC
         LIMIT :limit) AS latest
 ORDER BY 1, 2
