-- What lists read with a long history (`npm run bench:api`).
-- Runs that came to nothing, newest first: they are few, and were looked for among all.
CREATE INDEX runs_without_result ON runs (state, ended_at DESC, run_id DESC) WHERE state IN ('failed', 'abandoned');
-- Hosts in the order of their ids' bytes, page by page, and by a fact of their boot states.
CREATE INDEX hosts_listing ON hosts (host_id COLLATE "C");
CREATE INDEX hosts_of_boot_state ON hosts (boot_state_hash);
CREATE INDEX boot_states_fields ON boot_states USING gin (fields jsonb_path_ops);

-- Of a job that has ended: its runs by their state, with their samples, so that a page of jobs does not count 50,000 runs again.
ALTER TABLE jobs ADD COLUMN tally jsonb;
UPDATE jobs SET tally = (
    SELECT coalesce(jsonb_agg(jsonb_build_object('state', state, 'runs', runs, 'samples', samples, 'lost', lost) ORDER BY state), '[]')
      FROM (SELECT state, count(*) AS runs, sum(samples) AS samples, sum(lost) AS lost FROM runs WHERE runs.job_id = jobs.job_id GROUP BY state) AS by_state)
 WHERE state = 'ended';
