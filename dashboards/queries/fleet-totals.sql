WITH hosts AS (
  \ir parts/completed-runs-of-hosts.sql
), ends AS (
  SELECT ended.state, ended.runs::bigint AS runs, ended.faults, ended.samples, ended.lost
    FROM ended_runs AS ended
   WHERE :byWholeDays AND ended.provenance = ${provenance:sqlstring}
     AND ended.hour >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC')
     AND ended.hour < date_trunc('day', $__timeTo()::timestamptz, 'UTC') + interval '24 hours'
  UNION ALL
  SELECT run.state, count(*), sum(run.faults), sum(run.samples), sum(run.lost)
    FROM runs AS run
   WHERE NOT :byWholeDays AND run.provenance = ${provenance:sqlstring} AND $__timeFilter(run.ended_at)
   GROUP BY 1
)
SELECT (SELECT count(*) FROM hosts WHERE completed > 0) AS "hosts",
       coalesce(sum(runs) FILTER (WHERE state = 'completed'), 0) AS "completed runs",
       coalesce(sum(runs) FILTER (WHERE state <> 'completed'), 0) AS "failed or abandoned runs",
       (coalesce(sum(runs) FILTER (WHERE state = 'completed'), 0) / sum(runs))::float8 AS "succeeded",
       coalesce(sum(samples) FILTER (WHERE state = 'completed'), 0)::float8 AS "samples",
       (sum(lost) FILTER (WHERE state = 'completed') / nullif(sum(faults) FILTER (WHERE state = 'completed'), 0))::float8
         AS "faults lost"
  FROM ends
HAVING count(*) > 0
 LIMIT 1
