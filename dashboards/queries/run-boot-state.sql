SELECT field.key AS "field", field.value AS "value"
  FROM runs AS run
  JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
 CROSS JOIN jsonb_each_text(boot.fields) AS field
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run
 ORDER BY 1
 LIMIT 500
