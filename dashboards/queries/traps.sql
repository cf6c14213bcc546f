WITH hosts AS (
  SELECT :cell AS cell, series.host_id,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.probe = 'pf' AND series.metric = 'u2k') AS u2k,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.probe = 'pf' AND series.metric = 'k2u') AS k2u,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.metric = 'pf_rt') AS pf_rt,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.metric = 'syscall_rt') AS syscall_rt,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY series.p50_ns) FILTER (WHERE series.metric = 'cpuid_rt') AS cpuid_rt
    FROM daily_series AS series JOIN boot_states AS boot USING (boot_state_hash)
   WHERE series.provenance = ${provenance:sqlstring}
     AND series.day >= date_trunc('day', $__timeFrom()::timestamptz, 'UTC') AND series.day <= $__timeTo()::timestamptz
   GROUP BY 1, 2
)
SELECT cell AS "generation", count(*) AS "hosts",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY u2k) AS "u2k",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY k2u) AS "k2u",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY pf_rt) AS "pf_rt",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY syscall_rt) AS "syscall_rt",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY cpuid_rt) AS "cpuid_rt"
  FROM hosts
 GROUP BY 1
 ORDER BY 1
 LIMIT 300
