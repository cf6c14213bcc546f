SELECT side.name, side.cell, state.*
  FROM (
    \ir sides.sql
  ) AS side
  JOIN (
    SELECT :cell AS cell, segment.host_id, segment.executor, segment.provenance, segment.boot_state_hash, segment.last_ended_at
      FROM segments AS segment JOIN boot_states AS boot USING (boot_state_hash)
     WHERE segment.provenance = ${provenance:sqlstring}
       AND segment.last_ended_at >= $__timeFrom()::timestamptz AND segment.first_ended_at <= $__timeTo()::timestamptz
  ) AS state (cell_of_state, host_id, executor, provenance, boot_state_hash, last_ended_at) ON state.cell_of_state = side.cell
