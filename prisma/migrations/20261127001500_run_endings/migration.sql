-- People type the end of a run's id: ids that were made in the same minute share their beginning. The last group of a
-- UUID, read backwards, finds any ending of it.
CREATE INDEX runs_by_ending ON runs (reverse(right(run_id::text, 12)) text_pattern_ops);
