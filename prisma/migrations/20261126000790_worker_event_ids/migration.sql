-- The coordinator derives its event ids (UUID version 5) from run, attempt and job, so that a repeat is recognised, and
-- anybody can compute them: an event of a worker under the id of a JobCompleted to come kept that job, and the step that
-- ends jobs, from going on. Workers draw their ids (version 7), so those that can be foretold are refused to them.
-- Not validated: what earlier releases stored stays as it is.
ALTER TABLE events ADD CONSTRAINT worker_draws_its_event_ids
  CHECK (actor NOT LIKE 'worker:%' OR substr(event_id::text, 15, 1) = '7') NOT VALID;
