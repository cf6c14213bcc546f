SELECT fact.name AS "fact", fact.value AS "value"
  FROM hosts AS host
  LEFT JOIN boot_states AS boot USING (boot_state_hash)
 CROSS JOIN LATERAL (
   SELECT 'registered' AS name, to_char(host.registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS value
   UNION
   SELECT label.key, label.value FROM jsonb_each_text(host.labels) AS label
   UNION
   SELECT field.key, field.value FROM jsonb_each_text(boot.fields) AS field) AS fact
 WHERE host.host_id = ANY(ARRAY[${host:sqlstring}]::text[])
   AND host.capabilities @> jsonb_build_array(jsonb_build_object('provenance', ${provenance:sqlstring}::text))
 ORDER BY 1, 2
 LIMIT 300
