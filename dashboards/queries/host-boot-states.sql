SELECT segment.first_ended_at AS "from", segment.last_ended_at AS "to", segment.executor,
       boot.boot_state ->> 'kernelRelease' AS "kernel",
       boot.boot_state ->> 'microcode' AS "microcode",
       boot.kpti AS "KPTI",
       boot.boot_state ->> 'smt' AS "SMT",
       boot.boot_state #>> '{cpu,name}' AS "CPU",
       coalesce(segment.labels ->> 'noise', 'not judged') AS "noise",
       boot.boot_state ->> 'kernelCommandLine' AS "command line"
  FROM segments AS segment JOIN boot_states AS boot USING (boot_state_hash)
 WHERE segment.provenance = ${provenance:sqlstring}
   AND segment.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
   AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz
 ORDER BY 1 DESC, 3
 LIMIT 200
