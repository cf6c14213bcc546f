WITH cells AS (
  SELECT :cell AS cell, max(:selector) AS selector
    FROM segments AS segment JOIN boot_states AS boot USING (boot_state_hash)
   WHERE segment.provenance = ${provenance:sqlstring}
     AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz
   GROUP BY 1
)
SELECT a.selector AS "a", b.selector AS "b"
  FROM cells AS a CROSS JOIN cells AS b
 WHERE a.cell = ANY(ARRAY[${a:sqlstring}]::text[]) AND b.cell = ANY(ARRAY[${b:sqlstring}]::text[])
 LIMIT 1
