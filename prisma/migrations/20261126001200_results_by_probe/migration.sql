-- A result is of a probe and one of its metrics: two probes may have metrics of one name, and are never pooled.
ALTER TABLE run_results ADD COLUMN probe text;
UPDATE run_results SET probe = runs.probe FROM runs WHERE runs.run_id = run_results.run_id;
ALTER TABLE run_results ALTER COLUMN probe SET NOT NULL;
DROP INDEX run_results_over_time;
CREATE INDEX run_results_over_time ON run_results (probe, metric, ended_at);

-- Up to here every release had each metric in one probe only, so the hours are right as they are and only lack its name.
ALTER TABLE hourly_results ADD COLUMN probe text;
UPDATE hourly_results SET probe = CASE WHEN metric IN ('u2k', 'k2u') THEN 'pf' ELSE metric END;
ALTER TABLE hourly_results ALTER COLUMN probe SET NOT NULL;
ALTER TABLE hourly_results DROP CONSTRAINT hourly_results_pkey;
ALTER TABLE hourly_results ADD PRIMARY KEY (hour, generation, virtualization, provenance, probe, metric);
