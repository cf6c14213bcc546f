-- Runs by when they ended, with what the board Operations counts of them (`npm run bench:boards`): rows of runs are a kilobyte each. None of
-- these columns changes without `state`, which other indexes have, so no update becomes dearer.
CREATE INDEX runs_ended ON runs (ended_at) INCLUDE (provenance, state, host_id, queued_at, started_at) WHERE ended_at IS NOT NULL;
