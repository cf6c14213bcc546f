-- Figures of two executors are never pooled, so that both tables name it. A result has that of its run.
ALTER TABLE run_results ADD COLUMN executor text;
UPDATE run_results SET executor = runs.executor FROM runs WHERE runs.run_id = run_results.run_id;
ALTER TABLE run_results ALTER COLUMN executor SET NOT NULL;

-- Hours of one executor are right and only lack its name. Hours that mixed several go; the projection's next version, which
-- fills itself from history, brings them back apart.
ALTER TABLE hourly_results ADD COLUMN executor text;
UPDATE hourly_results AS hourly SET executor = (
  SELECT min(result.executor) FROM run_results AS result
   WHERE result.probe = hourly.probe AND result.metric = hourly.metric
     AND result.ended_at >= hourly.hour AND result.ended_at < hourly.hour + interval '1 hour'
     AND result.generation = hourly.generation AND result.virtualization = hourly.virtualization
     AND result.provenance = hourly.provenance
  HAVING count(DISTINCT result.executor) = 1);
DELETE FROM hourly_results WHERE executor IS NULL;
ALTER TABLE hourly_results ALTER COLUMN executor SET NOT NULL;
ALTER TABLE hourly_results DROP CONSTRAINT hourly_results_pkey;
ALTER TABLE hourly_results ADD PRIMARY KEY (hour, generation, virtualization, provenance, executor, probe, metric);
