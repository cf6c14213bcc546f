-- A key's jobs, newest first, and the keys that there are by steps in the index.
CREATE INDEX jobs_of_user ON jobs (submitted_by, submitted_at DESC, job_id DESC);
