SELECT pg_database_size(current_database())::float8 AS "database",
       pg_total_relation_size('events')::float8 AS "events",
       (SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(ARRAY['sample_batches', 'rederived_batches']) AS name)::float8 AS "raw lines and samples",
       (SELECT sum(pg_total_relation_size(name::regclass))
          FROM unnest(ARRAY['runs', 'run_results', 'run_gaps', 'daily_series', 'hourly_results', 'segments', 'host_noise']) AS name)::float8 AS "read model"
