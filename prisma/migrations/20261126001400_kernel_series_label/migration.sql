-- The derived label `series` is called `kernel-series` now: a series is of measurements. Events keep the old name and are
-- read under the new one, so a read model that is built anew has these rows too.
UPDATE hosts SET labels = jsonb_build_object('kernel-series', labels->'series') || (labels - 'series') WHERE labels ? 'series';
UPDATE runs SET labels = jsonb_build_object('kernel-series', labels->'series') || (labels - 'series') WHERE labels ? 'series';
INSERT INTO label_values (key, value) SELECT 'kernel-series', value FROM label_values WHERE key = 'series' ON CONFLICT DO NOTHING;
DELETE FROM label_values WHERE key = 'series';
