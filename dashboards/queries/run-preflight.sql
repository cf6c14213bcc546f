SELECT fact.label AS "looked at", boot.boot_state #>> ARRAY['extra', fact.name] AS "found"
  FROM runs AS run
  JOIN boot_states AS boot ON boot.boot_state_hash = run.boot_state_hash
 CROSS JOIN (VALUES (1, 'noise', 'verdict'), (2, 'noiseReasons', 'what disturbed'), (3, 'noiseUnknown', 'what could not be read'),
                    (4, 'noiseNotSet', 'what could not be set'), (5, 'pinnedCpu', 'CPU of the measuring program'),
                    (6, 'readerCpu', 'CPU of the log''s reader')) AS fact (place, name, label)
 WHERE run.provenance = ${provenance:sqlstring} AND run.run_id = :run AND boot.boot_state #>> ARRAY['extra', fact.name] IS NOT NULL
 ORDER BY fact.place
