-- The seed of a run's simulated noise: simulated runs of one machine and seed are copies of each other.
ALTER TABLE runs ADD COLUMN seed bigint;

-- Every attempt of a run has the same; runs that were never queued have none.
UPDATE runs SET seed = (events.data ->> 'seed')::bigint
  FROM events
 WHERE events.stream = 'run-' || runs.run_id AND events.version = 1 AND events.type = 'RunQueued';
