SELECT pg_database_size(current_database())::float8 AS "database",
       pg_total_relation_size('events')::float8 AS "events",
       (SELECT sum(pg_total_relation_size(to_regclass(name))) FROM unnest(ARRAY['sample_batches', 'rederived_batches']) AS name)::float8 AS "raw lines and samples",
       (SELECT sum(pg_total_relation_size(to_regclass(name)))
          FROM unnest(ARRAY['hosts', 'host_service', 'jobs', 'runs', 'boot_states', 'label_values', 'run_results', 'run_gaps', 'set_aside_streams', 'run_annotations', 'daily_series',
                              'series_months', 'monthly_levels', 'daily_cells', 'segments', 'host_noise', 'findings',
                              'schedules', 'notification_routes', 'ended_runs', 'lost_samples', 'queue_waits', 'host_runs', 'run_stretches', 'run_lines']) AS name)::float8 AS "read model",
       (
        \ir parts/size-in-quarter.sql
       ) AS "in 90 days"
