-- The roll-up of an hour pooled the samples of all hosts and kernels. Nothing reads it any more: boards and API go by runs and by daily_series.
-- Every two seconds it read all results of the hour again, 60,000 at the end of a job of 10,000 hosts × 3 runs.
DROP TABLE hourly_results;
DROP SCHEMA IF EXISTS filling_hourly_results CASCADE;
DELETE FROM projections WHERE name = 'hourly_results';
DELETE FROM checkpoints WHERE subscription IN ('hourly_results', 'filling:hourly_results');
DELETE FROM streams_to_refold WHERE subscription IN ('hourly_results', 'filling:hourly_results');
