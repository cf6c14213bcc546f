-- Labels of a job, as they are now: what it was submitted with, and what people said later (JobLabelled).
ALTER TABLE jobs ADD COLUMN labels jsonb NOT NULL DEFAULT '{}';
CREATE INDEX jobs_labels ON jobs USING gin (labels jsonb_path_ops);

-- Operators' labels whose names reach a job's labels now are reached as label.<name>.
INSERT INTO label_values (key, value)
  SELECT 'label.' || key, value FROM label_values WHERE starts_with(key, 'job.')
  ON CONFLICT DO NOTHING;
