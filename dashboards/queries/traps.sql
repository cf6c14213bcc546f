WITH hosts AS (
  SELECT :cell AS cell, series.host_id, series.executor, :ofHost
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE
     \ir parts/span-of-days.sql
   GROUP BY 1, 2, 3
)
SELECT cell AS "generation", count(*) AS "hosts",
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM host_noise AS noise
                  WHERE noise.host_id = hosts.host_id AND noise.executor = hosts.executor AND noise.provenance = ${provenance:sqlstring} AND :noisy)) AS "noisy hosts", :ofCell
  FROM hosts
 GROUP BY 1
 ORDER BY 1
 LIMIT 300
