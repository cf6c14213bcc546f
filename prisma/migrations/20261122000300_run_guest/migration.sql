-- The cell of its job's matrix that a run is to boot; null for runs of jobs without one.
ALTER TABLE runs ADD COLUMN guest jsonb;
