SELECT :field AS "value"
  FROM segments AS segment JOIN boot_states AS boot USING (boot_state_hash)
 WHERE segment.provenance = ${provenance:sqlstring}
   AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz
 GROUP BY 1
 ORDER BY max(segment.last_ended_at) DESC, 1
 LIMIT 200
