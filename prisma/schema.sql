-- What prisma/migrations make, as PostgreSQL words it. Written by `npm run schema:dump`; a test compares it.

-- columns
_prisma_migrations.id character varying(36) NOT NULL
_prisma_migrations.checksum character varying(64) NOT NULL
_prisma_migrations.finished_at timestamp with time zone
_prisma_migrations.migration_name character varying(255) NOT NULL
_prisma_migrations.logs text
_prisma_migrations.rolled_back_at timestamp with time zone
_prisma_migrations.started_at timestamp with time zone NOT NULL DEFAULT now()
_prisma_migrations.applied_steps_count integer NOT NULL DEFAULT 0
api_keys.key_id uuid NOT NULL
api_keys.name text NOT NULL
api_keys.role text NOT NULL
api_keys.secret_hash bytea NOT NULL
api_keys.created_at timestamp with time zone NOT NULL DEFAULT now()
api_keys.revoked_at timestamp with time zone
boot_states.boot_state_hash text NOT NULL
boot_states.boot_state jsonb NOT NULL
boot_states.first_seen_at timestamp with time zone NOT NULL
boot_states.fields jsonb NOT NULL DEFAULT '{}'::jsonb
boot_states.generation text NOT NULL DEFAULT COALESCE((boot_state #>> '{cpu,generation}'::text[]), 'unknown'::text)
boot_states.year integer DEFAULT 
CASE
    WHEN ((boot_state #>> '{cpu,year}'::text[]) ~ '^[0-9]{1,9}$'::text) THEN ((boot_state #>> '{cpu,year}'::text[]))::integer
    ELSE NULL::integer
END
boot_states.virtualization text NOT NULL DEFAULT COALESCE((boot_state ->> 'virtualization'::text), 'unknown'::text)
boot_states.hypervisor text NOT NULL DEFAULT COALESCE((boot_state ->> 'hypervisor'::text), 'none'::text)
boot_states.kernel text NOT NULL DEFAULT COALESCE((boot_state ->> 'kernelRelease'::text), 'unknown'::text)
boot_states.kpti text NOT NULL DEFAULT 
CASE (boot_state ->> 'kpti'::text)
    WHEN 'true'::text THEN 'on'::text
    WHEN 'false'::text THEN 'off'::text
    ELSE 'unknown'::text
END
boot_states.demo boolean NOT NULL DEFAULT ((boot_state #> '{extra,demo}'::text[]) IS NOT NULL)
boot_states.model text NOT NULL DEFAULT ltrim((((COALESCE(('-'::text || (boot_state #>> '{cpu,vendor}'::text[])), ''::text) || COALESCE(('-'::text || (boot_state #>> '{cpu,family}'::text[])), ''::text)) || COALESCE(('-'::text || (boot_state #>> '{cpu,model}'::text[])), ''::text)) || COALESCE(('-'::text || (boot_state #>> '{cpu,stepping}'::text[])), ''::text)), '-'::text)
boot_states.microcode text NOT NULL DEFAULT COALESCE((boot_state ->> 'microcode'::text), '?'::text)
boot_states.settings text NOT NULL DEFAULT ((((((('smt '::text || COALESCE((boot_state ->> 'smt'::text), '?'::text)) || ', turbo '::text) || COALESCE((boot_state ->> 'turbo'::text), '?'::text)) || ', governor '::text) || COALESCE((boot_state ->> 'governor'::text), '?'::text)) || ', hypervisor '::text) || COALESCE((boot_state ->> 'hypervisor'::text), '?'::text))
boot_states.mitigations text DEFAULT boot_mitigations(boot_state)
boot_states.mitigations_but_kpti text DEFAULT boot_mitigations_but_kpti(boot_state)
checkpoints.subscription text NOT NULL
checkpoints.xid text NOT NULL DEFAULT '0'::text
checkpoints.position bigint NOT NULL DEFAULT 0
checkpoints.updated_at timestamp with time zone NOT NULL DEFAULT now()
daily_cells.provenance text NOT NULL
daily_cells.probe text NOT NULL
daily_cells.metric text NOT NULL
daily_cells.day timestamp with time zone NOT NULL
daily_cells.generation text NOT NULL
daily_cells.virtualization text NOT NULL
daily_cells.executor text NOT NULL
daily_cells.kernel text NOT NULL
daily_cells.kpti text NOT NULL
daily_cells.demo boolean NOT NULL
daily_cells.hosts integer NOT NULL
daily_cells.p5_cycles double precision
daily_cells.p50_cycles double precision NOT NULL
daily_cells.p95_cycles double precision
daily_cells.p99_cycles double precision
daily_cells.p5_ns double precision
daily_cells.p50_ns double precision
daily_cells.p95_ns double precision
daily_cells.p99_ns double precision
daily_cells.lowest_level double precision NOT NULL
daily_cells.median_level double precision NOT NULL
daily_cells.highest_level double precision NOT NULL
daily_cells.tail double precision
daily_cells.lowest_ns double precision
daily_cells.median_ns double precision
daily_cells.highest_ns double precision
daily_series.day timestamp with time zone NOT NULL
daily_series.host_id text NOT NULL
daily_series.boot_state_hash text NOT NULL
daily_series.executor text NOT NULL
daily_series.probe text NOT NULL
daily_series.metric text NOT NULL
daily_series.provenance text NOT NULL
daily_series.runs integer NOT NULL
daily_series.samples bigint NOT NULL
daily_series.q1_cycles double precision NOT NULL
daily_series.p50_cycles double precision NOT NULL
daily_series.q3_cycles double precision NOT NULL
daily_series.q1_ns double precision
daily_series.p50_ns double precision
daily_series.q3_ns double precision
daily_series.histogram bytea NOT NULL
daily_series.level_cycles double precision
daily_series.level_ns double precision
daily_series.run_sd double precision
daily_series.p5_cycles double precision
daily_series.p95_cycles double precision
daily_series.p99_cycles double precision
database_sizes.hour timestamp with time zone NOT NULL
database_sizes.database_bytes bigint NOT NULL
database_sizes.events_bytes bigint NOT NULL
database_sizes.raw_bytes bigint NOT NULL
ended_runs.provenance text NOT NULL
ended_runs.hour timestamp with time zone NOT NULL
ended_runs.state text NOT NULL
ended_runs.reason text NOT NULL
ended_runs.runs integer NOT NULL
ended_runs.faults bigint NOT NULL
ended_runs.samples bigint NOT NULL
ended_runs.lost bigint NOT NULL
events.event_id uuid NOT NULL
events.xid xid8 NOT NULL DEFAULT pg_current_xact_id()
events.position bigint NOT NULL GENERATED ALWAYS AS IDENTITY
events.stream text NOT NULL
events.version integer NOT NULL
events.type text NOT NULL
events.schema_version integer NOT NULL
events.data jsonb NOT NULL
events.correlation_id uuid NOT NULL
events.causation_id uuid
events.actor text NOT NULL
events.recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
events.occurred_at timestamp with time zone
findings.finding_id uuid NOT NULL
findings.stream_version integer NOT NULL
findings.state text NOT NULL
findings.direction text NOT NULL
findings.hosts text[] NOT NULL
findings.generations text[] NOT NULL
findings.from_day date NOT NULL
findings.to_day date NOT NULL
findings.asked_job_id uuid
findings.muted_until timestamp with time zone
findings.view jsonb NOT NULL
host_noise.host_id text NOT NULL
host_noise.executor text NOT NULL
host_noise.probe text NOT NULL
host_noise.metric text NOT NULL
host_noise.provenance text NOT NULL
host_noise.runs integer NOT NULL
host_noise.boots integer NOT NULL
host_noise.days integer NOT NULL
host_noise.within_run_sd double precision NOT NULL
host_noise.run_sd double precision
host_noise.run_degrees integer NOT NULL
host_noise.boot_sd double precision
host_noise.boot_degrees integer NOT NULL
host_noise.day_sd double precision
host_noise.day_degrees integer NOT NULL
host_presence.host_id text
host_presence.worker_id text
host_presence.instance_id uuid
host_presence.session_id uuid
host_presence.contract_version integer
host_presence.seen_at timestamp with time zone
host_presence.silent boolean
host_runs.provenance text NOT NULL
host_runs.month timestamp with time zone NOT NULL
host_runs.host_id text NOT NULL
host_runs.completed integer NOT NULL
host_runs.by_day integer[] NOT NULL
host_service.host_id text NOT NULL
host_service.state text NOT NULL
host_service.since timestamp with time zone NOT NULL
host_service.actor text NOT NULL
host_service.reason text NOT NULL
host_service.rule text
hosts.host_id text NOT NULL
hosts.worker_id text NOT NULL
hosts.labels jsonb NOT NULL
hosts.capabilities jsonb NOT NULL
hosts.boot_state jsonb NOT NULL
hosts.boot_state_hash text NOT NULL
hosts.generation text NOT NULL
hosts.virtualization text NOT NULL
hosts.registered_at timestamp with time zone NOT NULL
hosts.changed_at timestamp with time zone NOT NULL
invitations.invitation_id uuid NOT NULL
invitations.token_hash bytea NOT NULL
invitations.host_id text
invitations.labels jsonb NOT NULL
invitations.invited_by text NOT NULL
invitations.created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
invitations.expires_at timestamp with time zone NOT NULL
invitations.revoked_at timestamp with time zone
invitations.used_at timestamp with time zone
invitations.key_id uuid
invitations.login text
jobs.job_id uuid NOT NULL
jobs.spec jsonb NOT NULL
jobs.body_hash text NOT NULL
jobs.submitted_by text NOT NULL
jobs.correlation_id uuid NOT NULL
jobs.submitted_at timestamp with time zone NOT NULL
jobs.state text NOT NULL
jobs.outcome text
jobs.ended_at timestamp with time zone
jobs.runs_total integer NOT NULL
jobs.tally jsonb
jobs.skipped jsonb
jobs.labels jsonb NOT NULL DEFAULT '{}'::jsonb
label_values.key text NOT NULL
label_values.value text NOT NULL
lost_samples.provenance text NOT NULL
lost_samples.hour timestamp with time zone NOT NULL
lost_samples.reason text NOT NULL
lost_samples.samples bigint NOT NULL
monthly_levels.provenance text NOT NULL
monthly_levels.probe text NOT NULL
monthly_levels.metric text NOT NULL
monthly_levels.month timestamp with time zone NOT NULL
monthly_levels.host_id text NOT NULL
monthly_levels.boot_state_hash text NOT NULL
monthly_levels.executor text NOT NULL
monthly_levels.first_day timestamp with time zone NOT NULL
monthly_levels.last_day timestamp with time zone NOT NULL
monthly_levels.days integer NOT NULL
monthly_levels.clock_days integer NOT NULL
monthly_levels.runs bigint NOT NULL
monthly_levels.samples bigint NOT NULL
monthly_levels.day_logs double precision NOT NULL
monthly_levels.run_logs double precision NOT NULL
monthly_levels.run_logs_ns double precision
monthly_levels.level_cycles double precision NOT NULL
monthly_levels.p50_ns double precision
monthly_levels.cycles_per_ns double precision
monthly_levels.run_sd double precision
notification_changes.route text NOT NULL
notification_changes.cause text NOT NULL
notification_changes.changes integer NOT NULL
notification_items.route text NOT NULL
notification_items.cause text NOT NULL
notification_items.item text NOT NULL
notification_items.message_id uuid NOT NULL
notification_items.quiet_since timestamp with time zone
notification_routes.name text NOT NULL
notification_routes.stream_version integer NOT NULL
notification_routes.state text NOT NULL
notification_routes.target_id uuid NOT NULL
notification_routes.view jsonb NOT NULL
notification_targets.target_id uuid NOT NULL
notification_targets.route text NOT NULL
notification_targets.url text NOT NULL
notification_targets.secret text NOT NULL
notification_targets.previous_secret text
notification_targets.previous_until timestamp with time zone
notification_targets.made_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
notifications.message_id uuid NOT NULL
notifications.route text NOT NULL
notifications.cause text NOT NULL
notifications.status text NOT NULL
notifications.about uuid
notifications.content jsonb NOT NULL
notifications.made_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
notifications.state text NOT NULL
notifications.attempts integer NOT NULL DEFAULT 0
notifications.next_at timestamp with time zone
notifications.give_up_at timestamp with time zone NOT NULL
notifications.claimed_until timestamp with time zone
notifications.ended_at timestamp with time zone
notifications.last_status integer
notifications.last_error text
notifications.replayed_by text
projections.name text NOT NULL
projections.version integer
projections.generation integer NOT NULL DEFAULT 0
projections.read_generation integer
projections.filling_version integer
projections.filling_read_generation integer
projections.rebuild_asked boolean NOT NULL DEFAULT false
projections.changed_at timestamp with time zone NOT NULL DEFAULT now()
queue_waits.provenance text NOT NULL
queue_waits.span text NOT NULL
queue_waits.begins timestamp with time zone NOT NULL
queue_waits.runs integer NOT NULL
queue_waits.median_s double precision NOT NULL
queue_waits.p95_s double precision NOT NULL
rederived_batches.run_id uuid NOT NULL
rederived_batches.attempt integer NOT NULL
rederived_batches.parser_version integer NOT NULL
rederived_batches.batch integer NOT NULL
rederived_batches.event_id uuid NOT NULL
rederived_batches.samples bytea NOT NULL STORAGE EXTERNAL
regression_looks.look_id uuid NOT NULL
regression_looks.asked_by text NOT NULL
regression_looks.asked_at timestamp with time zone NOT NULL
regression_looks.since timestamp with time zone NOT NULL
regression_looks.holder uuid
regression_looks.held_until timestamp with time zone
regression_looks.ended_at timestamp with time zone
regression_looks.series integer
regression_looks.too_short integer
regression_looks.found integer
regression_looks.new_findings integer
regression_looks.failure text
run_annotations.run_id uuid NOT NULL
run_annotations.labels jsonb NOT NULL
run_gaps.event_id uuid NOT NULL
run_gaps.run_id uuid NOT NULL
run_gaps.attempt integer NOT NULL
run_gaps.reason text NOT NULL
run_gaps.detail text NOT NULL
run_gaps.lost_records bigint
run_gaps.lost_samples bigint NOT NULL
run_gaps.raw_from bigint NOT NULL
run_gaps.raw_to bigint NOT NULL
run_gaps.occurred_at timestamp with time zone NOT NULL
run_leases.run_id uuid NOT NULL
run_leases.attempt integer NOT NULL
run_leases.worker_id text NOT NULL
run_leases.expires_at timestamp with time zone NOT NULL
run_lines.run_id uuid NOT NULL
run_lines.lines text[] NOT NULL
run_results.run_id uuid NOT NULL
run_results.metric text NOT NULL
run_results.job_id uuid NOT NULL
run_results.host_id text NOT NULL
run_results.generation text NOT NULL
run_results.virtualization text NOT NULL
run_results.provenance text NOT NULL
run_results.ended_at timestamp with time zone NOT NULL
run_results.samples bigint NOT NULL
run_results.invalid bigint NOT NULL
run_results.interrupted bigint NOT NULL
run_results.min_cycles integer NOT NULL
run_results.p5_cycles double precision NOT NULL
run_results.p25_cycles double precision NOT NULL
run_results.p50_cycles double precision NOT NULL
run_results.p75_cycles double precision NOT NULL
run_results.p95_cycles double precision NOT NULL
run_results.p99_cycles double precision NOT NULL
run_results.max_cycles integer NOT NULL
run_results.mean_cycles double precision NOT NULL
run_results.tsc_khz double precision
run_results.histogram bytea NOT NULL
run_results.probe text NOT NULL
run_results.executor text NOT NULL
run_results.step_cycles integer
run_results.below_p50 bigint
run_results.at_p50 bigint
run_stretches.run_id uuid NOT NULL
run_stretches.metric text NOT NULL
run_stretches.faults_a_stretch integer NOT NULL
run_stretches.medians real[] NOT NULL
run_stretches.p95s real[] NOT NULL
runs.run_id uuid NOT NULL
runs.job_id uuid NOT NULL
runs.host_id text NOT NULL
runs.executor text NOT NULL
runs.probe text NOT NULL
runs.plan_index integer NOT NULL
runs.replicate integer NOT NULL
runs.state text NOT NULL
runs.attempt integer NOT NULL DEFAULT 0
runs.stream_version integer NOT NULL DEFAULT 0
runs.worker_id text
runs.provenance text
runs.labels jsonb
runs.boot_state_hash text
runs.faults integer NOT NULL
runs.queued_at timestamp with time zone
runs.started_at timestamp with time zone
runs.ended_at timestamp with time zone
runs.samples bigint NOT NULL DEFAULT 0
runs.lost bigint NOT NULL DEFAULT 0
runs.rejected bigint NOT NULL DEFAULT 0
runs.damaged_lines bigint NOT NULL DEFAULT 0
runs.overhead_cycles integer
runs.failure jsonb
runs.guest jsonb
runs.parser_version integer
runs.samples_version integer
runs.seed bigint
runs.leased_from timestamp with time zone
runs.boot_id text
sample_batches.event_id uuid NOT NULL
sample_batches.run_id uuid NOT NULL
sample_batches.attempt integer NOT NULL
sample_batches.batch integer NOT NULL
sample_batches.samples bytea NOT NULL STORAGE EXTERNAL
sample_batches.raw bytea NOT NULL STORAGE EXTERNAL
schedules.name text NOT NULL
schedules.stream_version integer NOT NULL
schedules.state text NOT NULL
schedules.view jsonb NOT NULL
segments.host_id text NOT NULL
segments.executor text NOT NULL
segments.provenance text NOT NULL
segments.boot_state_hash text NOT NULL
segments.labels jsonb NOT NULL
segments.first_ended_at timestamp with time zone NOT NULL
segments.last_ended_at timestamp with time zone NOT NULL
series_months.probe text NOT NULL
series_months.metric text NOT NULL
series_months.month timestamp with time zone NOT NULL
series_months.host_id text NOT NULL
series_months.boot_state_hash text NOT NULL
series_months.executor text NOT NULL
series_months.provenance text NOT NULL
series_months.days integer NOT NULL
series_months.medians bytea NOT NULL STORAGE p
series_months.quartiles bytea NOT NULL STORAGE EXTERNAL
set_aside_streams.stream text NOT NULL
set_aside_streams.version integer NOT NULL
set_aside_streams.type text NOT NULL
set_aside_streams.reason text NOT NULL
set_aside_streams.release text NOT NULL
set_aside_streams.since timestamp with time zone NOT NULL DEFAULT now()
streams_to_refold.subscription text NOT NULL
streams_to_refold.stream text NOT NULL
worker_presence.host_id text NOT NULL
worker_presence.worker_id text NOT NULL
worker_presence.seen_at timestamp with time zone NOT NULL
worker_presence.instance_id uuid
worker_presence.session_id uuid
worker_presence.contract_version integer NOT NULL
worker_sessions.session_id uuid NOT NULL
worker_sessions.worker_id text NOT NULL
worker_sessions.instance_id uuid NOT NULL
worker_sessions.seen_at timestamp with time zone NOT NULL
worker_sessions.heartbeat_ms integer NOT NULL DEFAULT 5000
worker_tokens.worker_id text NOT NULL
worker_tokens.instance_id uuid NOT NULL
worker_tokens.token_hash bytea NOT NULL
worker_tokens.key_id text NOT NULL
worker_tokens.issued_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
worker_turns.worker_id text NOT NULL

-- constraints
_prisma_migrations _prisma_migrations_pkey: PRIMARY KEY (id)
api_keys api_keys_pkey: PRIMARY KEY (key_id)
api_keys api_keys_role_check: CHECK ((role = ANY (ARRAY['read'::text, 'submit'::text, 'admin'::text, 'worker'::text])))
api_keys api_keys_secret_hash_key: UNIQUE (secret_hash)
boot_states boot_states_pkey: PRIMARY KEY (boot_state_hash)
checkpoints checkpoints_pkey: PRIMARY KEY (subscription)
checkpoints checkpoints_xid_check: CHECK ((xid ~ '^[0-9]+$'::text))
daily_cells daily_cells_pkey: PRIMARY KEY (provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo)
daily_series daily_series_pkey: PRIMARY KEY (probe, metric, day, host_id, boot_state_hash, executor, provenance)
database_sizes database_sizes_pkey: PRIMARY KEY (hour)
ended_runs ended_runs_pkey: PRIMARY KEY (provenance, hour, state, reason)
events events_occurred_before_recorded: CHECK (((occurred_at >= '1970-01-01 00:00:00+00'::timestamp with time zone) AND (occurred_at <= recorded_at))) NOT VALID
events events_pkey: PRIMARY KEY (event_id)
events events_schema_version_check: CHECK ((schema_version >= 1))
events events_stream_name: CHECK (((stream ~ '^[a-z]+-.+$'::text) AND (length(stream) <= 100))) NOT VALID
events events_stream_version_key: UNIQUE (stream, version)
events events_version_check: CHECK ((version >= 1))
events worker_draws_its_event_ids: CHECK (((actor !~~ 'worker:%'::text) OR (substr((event_id)::text, 15, 1) = '7'::text))) NOT VALID
findings findings_pkey: PRIMARY KEY (finding_id)
host_noise host_noise_pkey: PRIMARY KEY (host_id, executor, probe, metric, provenance)
host_runs host_runs_pkey: PRIMARY KEY (provenance, month, host_id)
host_service host_service_pkey: PRIMARY KEY (host_id)
hosts hosts_pkey: PRIMARY KEY (host_id)
invitations invitations_check: CHECK ((((used_at IS NULL) = (key_id IS NULL)) AND ((key_id IS NULL) = (login IS NULL))))
invitations invitations_check1: CHECK (((used_at IS NULL) OR (host_id IS NOT NULL)))
invitations invitations_key_id_fkey: FOREIGN KEY (key_id) REFERENCES api_keys(key_id)
invitations invitations_key_id_key: UNIQUE (key_id)
invitations invitations_login_key: UNIQUE (login)
invitations invitations_pkey: PRIMARY KEY (invitation_id)
invitations invitations_token_hash_check: CHECK ((length(token_hash) = 32))
invitations invitations_token_hash_key: UNIQUE (token_hash)
jobs jobs_pkey: PRIMARY KEY (job_id)
jobs jobs_state_check: CHECK ((state = ANY (ARRAY['running'::text, 'cancelling'::text, 'ended'::text])))
label_values label_values_pkey: PRIMARY KEY (key, value)
lost_samples lost_samples_pkey: PRIMARY KEY (provenance, hour, reason)
monthly_levels monthly_levels_pkey: PRIMARY KEY (provenance, probe, metric, month, host_id, boot_state_hash, executor)
notification_changes notification_changes_pkey: PRIMARY KEY (route, cause)
notification_items notification_items_pkey: PRIMARY KEY (route, cause, item)
notification_routes notification_routes_pkey: PRIMARY KEY (name)
notification_targets notification_targets_pkey: PRIMARY KEY (target_id)
notifications notifications_pkey: PRIMARY KEY (message_id)
projections projections_filling_version_check: CHECK ((filling_version >= 0))
projections projections_name_check: CHECK ((name ~ '^[a-z][a-z_]{0,39}$'::text))
projections projections_pkey: PRIMARY KEY (name)
projections projections_version_check: CHECK ((version >= 0))
queue_waits queue_waits_pkey: PRIMARY KEY (provenance, span, begins)
rederived_batches rederived_batches_pkey: PRIMARY KEY (run_id, attempt, parser_version, batch)
regression_looks regression_looks_pkey: PRIMARY KEY (look_id)
run_annotations run_annotations_pkey: PRIMARY KEY (run_id)
run_gaps run_gaps_pkey: PRIMARY KEY (event_id)
run_leases run_leases_pkey: PRIMARY KEY (run_id)
run_lines run_lines_pkey: PRIMARY KEY (run_id)
run_results run_results_pkey: PRIMARY KEY (run_id, metric)
run_stretches run_stretches_pkey: PRIMARY KEY (run_id, metric)
runs runs_pkey: PRIMARY KEY (run_id)
runs runs_provenance_fits: CHECK (((provenance IS NULL) OR provenance_fits(executor, provenance)))
runs runs_state_check: CHECK ((state = ANY (ARRAY['planned'::text, 'queued'::text, 'started'::text, 'completed'::text, 'failed'::text, 'abandoned'::text])))
sample_batches sample_batches_pkey: PRIMARY KEY (event_id)
sample_batches sample_batches_run_id_attempt_batch_key: UNIQUE (run_id, attempt, batch)
schedules schedules_pkey: PRIMARY KEY (name)
segments segments_pkey: PRIMARY KEY (host_id, executor, provenance, boot_state_hash)
series_months series_months_pkey: PRIMARY KEY (probe, metric, month, host_id, boot_state_hash, executor, provenance)
set_aside_streams set_aside_streams_pkey: PRIMARY KEY (stream)
streams_to_refold streams_to_refold_pkey: PRIMARY KEY (subscription, stream)
worker_presence worker_presence_pkey: PRIMARY KEY (host_id)
worker_sessions worker_sessions_pkey: PRIMARY KEY (session_id)
worker_tokens worker_tokens_pkey: PRIMARY KEY (worker_id)
worker_tokens worker_tokens_token_hash_check: CHECK ((length(token_hash) = 32))
worker_tokens worker_tokens_token_hash_key: UNIQUE (token_hash)
worker_turns worker_turns_pkey: PRIMARY KEY (worker_id)

-- indexes
CREATE UNIQUE INDEX _prisma_migrations_pkey ON public._prisma_migrations USING btree (id)
CREATE UNIQUE INDEX api_keys_pkey ON public.api_keys USING btree (key_id)
CREATE UNIQUE INDEX api_keys_secret_hash_key ON public.api_keys USING btree (secret_hash)
CREATE INDEX boot_states_fields ON public.boot_states USING gin (fields jsonb_path_ops)
CREATE UNIQUE INDEX boot_states_pkey ON public.boot_states USING btree (boot_state_hash)
CREATE UNIQUE INDEX checkpoints_pkey ON public.checkpoints USING btree (subscription)
CREATE UNIQUE INDEX daily_cells_pkey ON public.daily_cells USING btree (provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo)
CREATE INDEX daily_series_of_host ON public.daily_series USING btree (host_id, day)
CREATE UNIQUE INDEX daily_series_pkey ON public.daily_series USING btree (probe, metric, day, host_id, boot_state_hash, executor, provenance)
CREATE UNIQUE INDEX database_sizes_pkey ON public.database_sizes USING btree (hour)
CREATE UNIQUE INDEX ended_runs_pkey ON public.ended_runs USING btree (provenance, hour, state, reason)
CREATE UNIQUE INDEX events_feed ON public.events USING btree (xid, "position")
CREATE INDEX events_findings ON public.events USING btree (stream) WHERE (type = 'RegressionSuspected'::text)
CREATE UNIQUE INDEX events_pkey ON public.events USING btree (event_id)
CREATE INDEX events_run_queued ON public.events USING btree (stream, version) WHERE (type = 'RunQueued'::text)
CREATE UNIQUE INDEX events_stream_version_key ON public.events USING btree (stream, version)
CREATE INDEX findings_listing ON public.findings USING btree (to_day DESC, finding_id DESC)
CREATE UNIQUE INDEX findings_pkey ON public.findings USING btree (finding_id)
CREATE UNIQUE INDEX host_noise_pkey ON public.host_noise USING btree (host_id, executor, probe, metric, provenance)
CREATE UNIQUE INDEX host_runs_pkey ON public.host_runs USING btree (provenance, month, host_id)
CREATE UNIQUE INDEX host_service_pkey ON public.host_service USING btree (host_id)
CREATE INDEX hosts_listing ON public.hosts USING btree (host_id COLLATE "C")
CREATE INDEX hosts_of_boot_state ON public.hosts USING btree (boot_state_hash)
CREATE UNIQUE INDEX hosts_pkey ON public.hosts USING btree (host_id)
CREATE UNIQUE INDEX invitations_key_id_key ON public.invitations USING btree (key_id)
CREATE UNIQUE INDEX invitations_login_key ON public.invitations USING btree (login)
CREATE INDEX invitations_of_host ON public.invitations USING btree (host_id) WHERE (used_at IS NOT NULL)
CREATE UNIQUE INDEX invitations_pkey ON public.invitations USING btree (invitation_id)
CREATE UNIQUE INDEX invitations_token_hash_key ON public.invitations USING btree (token_hash)
CREATE INDEX jobs_labels ON public.jobs USING gin (labels jsonb_path_ops)
CREATE INDEX jobs_listing ON public.jobs USING btree (submitted_at DESC, job_id DESC)
CREATE INDEX jobs_of_user ON public.jobs USING btree (submitted_by, submitted_at DESC, job_id DESC)
CREATE INDEX jobs_open ON public.jobs USING btree (job_id) WHERE (state <> 'ended'::text)
CREATE UNIQUE INDEX jobs_pkey ON public.jobs USING btree (job_id)
CREATE INDEX jobs_without_result ON public.jobs USING btree (ended_at) WHERE (outcome = ANY (ARRAY['failed'::text, 'partial'::text]))
CREATE UNIQUE INDEX label_values_pkey ON public.label_values USING btree (key, value)
CREATE UNIQUE INDEX lost_samples_pkey ON public.lost_samples USING btree (provenance, hour, reason)
CREATE UNIQUE INDEX monthly_levels_pkey ON public.monthly_levels USING btree (provenance, probe, metric, month, host_id, boot_state_hash, executor)
CREATE UNIQUE INDEX notification_changes_pkey ON public.notification_changes USING btree (route, cause)
CREATE INDEX notification_items_of_message ON public.notification_items USING btree (message_id)
CREATE UNIQUE INDEX notification_items_pkey ON public.notification_items USING btree (route, cause, item)
CREATE UNIQUE INDEX notification_routes_pkey ON public.notification_routes USING btree (name)
CREATE UNIQUE INDEX notification_targets_pkey ON public.notification_targets USING btree (target_id)
CREATE INDEX notifications_ended ON public.notifications USING btree (ended_at) WHERE (ended_at IS NOT NULL)
CREATE INDEX notifications_listing ON public.notifications USING btree (made_at DESC, message_id DESC)
CREATE INDEX notifications_of_route ON public.notifications USING btree (route, state)
CREATE UNIQUE INDEX notifications_pkey ON public.notifications USING btree (message_id)
CREATE INDEX notifications_waiting ON public.notifications USING btree (route, made_at) WHERE (state = 'waiting'::text)
CREATE UNIQUE INDEX projections_pkey ON public.projections USING btree (name)
CREATE UNIQUE INDEX queue_waits_pkey ON public.queue_waits USING btree (provenance, span, begins)
CREATE UNIQUE INDEX rederived_batches_pkey ON public.rederived_batches USING btree (run_id, attempt, parser_version, batch)
CREATE INDEX regression_looks_latest ON public.regression_looks USING btree (asked_at DESC)
CREATE UNIQUE INDEX regression_looks_open ON public.regression_looks USING btree ((true)) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX regression_looks_pkey ON public.regression_looks USING btree (look_id)
CREATE INDEX run_annotations_labels ON public.run_annotations USING gin (labels jsonb_path_ops)
CREATE UNIQUE INDEX run_annotations_pkey ON public.run_annotations USING btree (run_id)
CREATE INDEX run_gaps_of_run ON public.run_gaps USING btree (run_id, attempt)
CREATE UNIQUE INDEX run_gaps_pkey ON public.run_gaps USING btree (event_id)
CREATE UNIQUE INDEX run_leases_pkey ON public.run_leases USING btree (run_id)
CREATE UNIQUE INDEX run_lines_pkey ON public.run_lines USING btree (run_id)
CREATE INDEX run_results_of_job ON public.run_results USING btree (job_id, metric)
CREATE INDEX run_results_over_time ON public.run_results USING btree (probe, metric, ended_at)
CREATE UNIQUE INDEX run_results_pkey ON public.run_results USING btree (run_id, metric)
CREATE UNIQUE INDEX run_stretches_pkey ON public.run_stretches USING btree (run_id, metric)
CREATE INDEX runs_by_ending ON public.runs USING btree (reverse("right"((run_id)::text, 12)) text_pattern_ops)
CREATE INDEX runs_by_parser ON public.runs USING btree (parser_version, ended_at, run_id) WHERE ((state = 'completed'::text) OR ((failure ->> 'code'::text) = ANY (ARRAY['samples-inconsistent'::text, 'samples-unreadable'::text])))
CREATE INDEX runs_ended ON public.runs USING btree (ended_at) INCLUDE (provenance, state, host_id, queued_at, started_at) WHERE (ended_at IS NOT NULL)
CREATE INDEX runs_labels ON public.runs USING gin (labels jsonb_path_ops)
CREATE INDEX runs_listing ON public.runs USING btree (ended_at DESC, run_id DESC)
CREATE INDEX runs_of_boot_state ON public.runs USING btree (boot_state_hash, ended_at DESC)
CREATE INDEX runs_of_host ON public.runs USING btree (host_id, ended_at DESC)
CREATE INDEX runs_of_job ON public.runs USING btree (job_id, plan_index)
CREATE INDEX runs_open ON public.runs USING btree (state, job_id, plan_index) WHERE (state = ANY (ARRAY['planned'::text, 'queued'::text, 'started'::text]))
CREATE UNIQUE INDEX runs_pkey ON public.runs USING btree (run_id)
CREATE INDEX runs_with_losses ON public.runs USING btree (ended_at DESC) WHERE ((lost > 0) OR (damaged_lines > 0))
CREATE INDEX runs_without_result ON public.runs USING btree (state, ended_at DESC, run_id DESC) WHERE (state = ANY (ARRAY['failed'::text, 'abandoned'::text]))
CREATE UNIQUE INDEX sample_batches_pkey ON public.sample_batches USING btree (event_id)
CREATE UNIQUE INDEX sample_batches_run_id_attempt_batch_key ON public.sample_batches USING btree (run_id, attempt, batch)
CREATE UNIQUE INDEX schedules_pkey ON public.schedules USING btree (name)
CREATE INDEX segments_labels ON public.segments USING gin (labels jsonb_path_ops)
CREATE INDEX segments_of_boot_state ON public.segments USING btree (boot_state_hash)
CREATE UNIQUE INDEX segments_pkey ON public.segments USING btree (host_id, executor, provenance, boot_state_hash)
CREATE INDEX series_months_of_host ON public.series_months USING btree (host_id, month)
CREATE UNIQUE INDEX series_months_pkey ON public.series_months USING btree (probe, metric, month, host_id, boot_state_hash, executor, provenance)
CREATE UNIQUE INDEX set_aside_streams_pkey ON public.set_aside_streams USING btree (stream)
CREATE UNIQUE INDEX streams_to_refold_pkey ON public.streams_to_refold USING btree (subscription, stream)
CREATE UNIQUE INDEX worker_presence_pkey ON public.worker_presence USING btree (host_id)
CREATE INDEX worker_presence_session_id_idx ON public.worker_presence USING btree (session_id)
CREATE UNIQUE INDEX worker_sessions_pkey ON public.worker_sessions USING btree (session_id)
CREATE UNIQUE INDEX worker_tokens_pkey ON public.worker_tokens USING btree (worker_id)
CREATE UNIQUE INDEX worker_tokens_token_hash_key ON public.worker_tokens USING btree (token_hash)
CREATE UNIQUE INDEX worker_turns_pkey ON public.worker_turns USING btree (worker_id)

-- triggers
CREATE TRIGGER boot_state_observed BEFORE INSERT ON public.events FOR EACH ROW WHEN ((new.type = 'BootStateObserved'::text)) EXECUTE FUNCTION refuse_false_boot_state()
CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER events_rederived_by_coordinator BEFORE INSERT ON public.events FOR EACH ROW WHEN ((new.type = 'RunRederived'::text)) EXECUTE FUNCTION refuse_rederivation()
CREATE TRIGGER rederived_batches_unchanged BEFORE UPDATE ON public.rederived_batches FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER run_started_boot_state BEFORE INSERT ON public.events FOR EACH ROW WHEN ((new.type = 'RunStarted'::text)) EXECUTE FUNCTION refuse_unknown_boot_state()
CREATE TRIGGER run_started_provenance BEFORE INSERT ON public.events FOR EACH ROW WHEN ((new.type = 'RunStarted'::text)) EXECUTE FUNCTION refuse_unfit_provenance()
CREATE TRIGGER sample_batches_unchanged BEFORE UPDATE ON public.sample_batches FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

-- functions
CREATE OR REPLACE FUNCTION public.append_events(p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_count    integer := jsonb_array_length(p_events);
  v_stored   integer;
  v_ids      uuid[];
  v_own      uuid[];
  v_here     integer;
  v_anywhere integer;
  v_reached  integer;
  v_version  integer;
  v_now      timestamptz := clock_timestamp();
BEGIN
  IF v_count = 0 THEN
    RAISE EXCEPTION 'append_events: no events' USING ERRCODE = 'XF002';
  END IF;
  IF NOT pg_has_role(session_user, 'xf_coordinator', 'MEMBER') AND (
    p_stream NOT LIKE 'run-%' OR p_expected < 1
    -- The next attempt is queued only together with giving up the last one (a worker that stops in mid-run).
    OR p_events->0->>'type' = 'RunQueued'
  ) THEN
    RAISE EXCEPTION 'append_events: % may only append to runs that were queued, not to stream % at version %',
      session_user, p_stream, p_expected USING ERRCODE = '42501';
  END IF;

  -- What two appends at once slip past is caught by the unique keys, where the second waits until the first has ended. So
  -- the rows that ON CONFLICT leaves out belong to a committed append.
  INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor,
                      recorded_at, occurred_at)
  SELECT (e->>'eventId')::uuid, p_stream, p_expected + i, e->>'type', (e->>'schemaVersion')::integer, e->'data',
         (e->>'correlationId')::uuid, (e->>'causationId')::uuid, e->>'actor', v_now,
         -- A comparison with null would give now.
         CASE WHEN e->>'occurredAt' IS NOT NULL THEN least((e->>'occurredAt')::timestamptz, v_now) END
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)
   WHERE p_expected = (SELECT coalesce(max(version), 0) FROM events WHERE stream = p_stream)
   ORDER BY i
      ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_stored = ROW_COUNT;
  IF v_stored = v_count THEN
    IF cardinality(p_samples) > 0 THEN
      -- The run is the stream's, whatever the data say: a batch can't be slipped under another run.
      INSERT INTO sample_batches (event_id, run_id, attempt, batch, samples, raw)
      SELECT (e->>'eventId')::uuid, substr(p_stream, 5)::uuid, (e->'data'->>'attempt')::integer,
             (e->'data'->>'batch')::integer, p_samples[i], p_raw[i]
        FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)
       WHERE p_samples[i] IS NOT NULL;
    END IF;
    RETURN p_expected + v_count;
  END IF;

  -- Not stored now. Perhaps it was before: a retry after a lost answer, or beside its own original.
  v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);
  -- What was stored just now and will be undone: before, the stream ended at what was expected.
  v_own := ARRAY(SELECT event_id FROM events
                  WHERE v_stored > 0 AND stream = p_stream AND version > p_expected AND xid = pg_current_xact_id());
  SELECT coalesce(max(version), 0) INTO v_version FROM events WHERE stream = p_stream AND event_id <> ALL (v_own);
  SELECT count(*) FILTER (WHERE stream = p_stream), max(version) FILTER (WHERE stream = p_stream), count(*)
    INTO v_here, v_reached, v_anywhere
    FROM events WHERE event_id = ANY (v_ids) AND event_id <> ALL (v_own);
  IF v_here = v_count THEN
    -- Whoever stored it may not have waited for the disk (worker_append_many, append_many) and never have come to its flush. A
    -- commit that wrote nothing flushes nothing: this writes.
    PERFORM pg_logical_emit_message(true, 'append_events', '');
    RETURN v_reached;
  END IF;
  IF v_anywhere > 0 OR v_version = p_expected THEN
    RAISE EXCEPTION 'append_events: % of the % event ids for stream % are in use already, or one stands there twice',
      v_anywhere, v_count, p_stream USING ERRCODE = 'XF002';
  END IF;
  RAISE EXCEPTION 'append_events: stream % is at version %, not %', p_stream, v_version, p_expected
    USING ERRCODE = 'XF001', DETAIL = v_version::text;
END $function$
CREATE OR REPLACE PROCEDURE public.append_many(IN p_decisions jsonb, INOUT p_outcomes jsonb)
 LANGUAGE plpgsql
AS $procedure$
DECLARE
  v_versions integer[];
  v_decision jsonb;
  v_place    bigint;
  v_outcomes jsonb[] := '{}';
  v_version  integer;
  v_unflushed boolean := false;
  v_state    text;
  v_message  text;
  v_detail   text;
BEGIN
  BEGIN
    v_versions := public.append_together(p_decisions);
  EXCEPTION WHEN OTHERS THEN
    v_versions := '{}'; -- whose fault it was is found below
  END;
  COMMIT;
  FOR v_decision, v_place IN SELECT d, place FROM pg_catalog.jsonb_array_elements(p_decisions) WITH ORDINALITY AS t (d, place) LOOP
    IF v_versions[v_place] IS NOT NULL THEN
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_versions[v_place]);
      CONTINUE;
    END IF;
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    BEGIN
      v_version := public.append_events(
        v_decision->>'stream', (v_decision->>'expected')::integer, v_decision->'events', '{}', '{}');
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_version);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
      -- Ours; data; integrity; rights; limits. Another class may pass, and would meet the next decision as well.
      IF v_state !~ '^(XF|22|23|42|54)' THEN
        RAISE;
      END IF;
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('code', v_state, 'message', v_message, 'detail', v_detail);
    END;
    COMMIT;
    v_unflushed := true;
  END LOOP;
  IF v_unflushed THEN
    -- A commit that wrote nothing flushes nothing, and the last decision may have been refused: this writes.
    PERFORM pg_catalog.pg_logical_emit_message(true, 'append_many', '');
    COMMIT;
  END IF;
  p_outcomes := pg_catalog.to_jsonb(v_outcomes);
END $procedure$
CREATE OR REPLACE FUNCTION public.append_of_worker(p_worker worker_tokens, p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_request jsonb := request_for_worker(p_worker, p_stream, p_expected);
  v_last    text;
  v_run     uuid;
  v_ids     uuid[];
  v_batches bigint;
  v_sum     bigint := 0;
  v_wrong   text;
  v_event   jsonb;
  v_data    jsonb;
  v_type    text;
  v_i       bigint;
  v_now     timestamptz := clock_timestamp();
  v_since   timestamptz;
  v_times   timestamptz[] := '{}';
BEGIN
  IF v_request IS NULL THEN
    RAISE EXCEPTION 'worker % may only append to runs that are queued to its hosts, not to stream % at version %',
      p_worker.worker_id, p_stream, p_expected USING ERRCODE = '42501';
  END IF;
  v_run := substr(p_stream, 5)::uuid;
  -- When the stream has not come that far, append_events says so.
  SELECT type, coalesce(occurred_at, recorded_at) INTO v_last, v_since FROM events
   WHERE stream = p_stream AND version = p_expected;

  FOR v_event, v_i IN SELECT e, i FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i) ORDER BY i LOOP
    v_type := v_event->>'type';
    v_data := v_event->'data';
    v_wrong := CASE
      WHEN v_type IS NULL OR v_type NOT IN ('RunStarted', 'CrossingSamplesRecorded', 'KernelLogGapObserved', 'RunCompleted',
                                            'RunFailed', 'RunAbandoned', 'RunQueued')
        THEN 'is none of a worker''s'
      WHEN v_data->>'runId' IS DISTINCT FROM v_request->>'runId' THEN 'names another run'
      WHEN v_type <> 'RunQueued' AND v_data->'attempt' IS DISTINCT FROM v_request->'attempt' THEN 'is of another attempt'
      WHEN v_type = 'RunQueued' AND (v_last IS DISTINCT FROM 'RunAbandoned' OR v_i = 1)
        THEN 'may only follow the attempt that is given up with it'
      WHEN v_type = 'RunStarted' AND v_last <> 'RunQueued' THEN 'follows ' || v_last
      WHEN v_type NOT IN ('RunStarted', 'RunQueued')
           AND v_last NOT IN ('RunStarted', 'CrossingSamplesRecorded', 'KernelLogGapObserved') THEN 'follows ' || v_last
    END;
    IF v_wrong IS NULL THEN
      IF v_batches IS NULL AND v_type IN ('CrossingSamplesRecorded', 'RunCompleted') THEN
        -- Those of this very append count as not there: it may be a repetition.
        v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);
        v_batches := coalesce((SELECT batch + 1 FROM sample_batches
                                WHERE run_id = v_run AND attempt = (v_request->>'attempt')::integer AND event_id <> ALL (v_ids)
                                ORDER BY batch DESC LIMIT 1), 0);
      END IF;
      CASE v_type
        WHEN 'RunStarted' THEN
          v_wrong := CASE
            WHEN v_i = 1 AND v_data->>'workerId' IS DISTINCT FROM p_worker.worker_id THEN 'names another worker'
            WHEN v_data->'labels'->>'host' IS DISTINCT FROM v_request->>'hostId' THEN 'is labelled with another host'
            WHEN v_i > 1 THEN 'does not stand first'
          END;
        WHEN 'CrossingSamplesRecorded' THEN
          v_wrong := CASE
            WHEN p_samples[v_i] IS NULL OR p_raw[v_i] IS NULL THEN 'has no batch'
            WHEN packed_samples(p_samples[v_i]) IS DISTINCT FROM (v_data->>'samples')::bigint
              THEN 'has another number of samples than its batch'
            WHEN (v_data->>'batch')::bigint IS DISTINCT FROM v_batches THEN 'is not batch ' || v_batches
          END;
          v_batches := v_batches + 1;
          v_sum := v_sum + (v_data->>'samples')::bigint;
        WHEN 'RunCompleted' THEN
          SELECT v_sum + coalesce(sum((data->>'samples')::bigint), 0) INTO v_sum FROM events
           WHERE stream = p_stream AND version <= p_expected AND type = 'CrossingSamplesRecorded'
             AND data->'attempt' = v_request->'attempt';
          v_wrong := CASE
            WHEN v_data->'faults' IS DISTINCT FROM v_request->'faults' THEN 'has other faults than were asked for'
            WHEN (v_data->>'samples')::bigint IS DISTINCT FROM v_sum
              THEN 'has ' || coalesce(v_data->>'samples', 'no') || ' samples, its batches ' || v_sum
            WHEN (v_data->>'batches')::bigint IS DISTINCT FROM v_batches
              THEN 'has ' || coalesce(v_data->>'batches', 'no') || ' batches, ' || v_batches || ' are stored'
            WHEN (v_data->>'lost')::bigint < 0 OR (v_data->>'rejected')::bigint < 0
                 OR v_sum + (v_data->>'lost')::bigint + (v_data->>'rejected')::bigint
                    IS DISTINCT FROM (v_request->>'faults')::bigint
              THEN 'does not add up: samples + lost + rejected are the faults'
          END;
        WHEN 'RunAbandoned' THEN
          v_wrong := CASE
            WHEN coalesce(v_data->>'reason', '') NOT IN ('worker-stopped', 'cancelled') THEN 'has a reason that is not a worker''s'
            WHEN jsonb_typeof(v_data->'final') IS DISTINCT FROM 'boolean' THEN 'does not say whether it is final'
            WHEN (v_data->>'final')::boolean <> (v_i = jsonb_array_length(p_events))
              THEN 'ends the run and queues it, or neither'
          END;
        WHEN 'RunQueued' THEN
          v_wrong := CASE
            WHEN v_data - 'attempt' IS DISTINCT FROM v_request - 'attempt' THEN 'asks for something else'
            WHEN (v_data->>'attempt')::integer IS DISTINCT FROM (v_request->>'attempt')::integer + 1
              THEN 'is not of the next attempt'
            WHEN v_i < jsonb_array_length(p_events) THEN 'does not stand last'
          END;
        ELSE
          NULL;
      END CASE;
    END IF;
    IF v_wrong IS NOT NULL THEN
      RAISE EXCEPTION 'worker % may not append this to stream %: % %', p_worker.worker_id, p_stream,
        coalesce(v_type, 'an event without a type'), v_wrong USING ERRCODE = '42501';
    END IF;
    v_last := v_type;
    IF v_event->>'occurredAt' IS NOT NULL THEN
      v_since := least(v_now, greatest(v_since, (v_event->>'occurredAt')::timestamptz
                                                + coalesce(v_now - (v_event->>'sentAt')::timestamptz, '0')));
      v_times[v_i] := v_since;
    END IF;
  END LOOP;

  RETURN append_events(
    p_stream, p_expected,
    (SELECT jsonb_agg(e || jsonb_build_object('actor', 'worker:' || p_worker.worker_id, 'occurredAt', v_times[i]) ORDER BY i)
       FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)),
    p_samples, p_raw);
END $function$
CREATE OR REPLACE FUNCTION public.append_rederivation(p_stream text, p_expected integer, p_events jsonb, p_samples bytea[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_event   jsonb := p_events->0;
  v_version integer;
BEGIN
  IF jsonb_array_length(p_events) <> 1 OR v_event->>'type' <> 'RunRederived' THEN
    RAISE EXCEPTION 'append_rederivation: takes one RunRederived' USING ERRCODE = 'XF002';
  END IF;
  v_version := append_events(p_stream, p_expected, p_events, '{}', '{}');
  INSERT INTO rederived_batches (run_id, attempt, parser_version, batch, event_id, samples)
  SELECT substr(p_stream, 5)::uuid, (v_event->'data'->>'attempt')::integer,
         (v_event->'data'->'after'->>'parserVersion')::integer, i - 1, (v_event->>'eventId')::uuid, samples
    FROM unnest(p_samples) WITH ORDINALITY AS t(samples, i)
      ON CONFLICT DO NOTHING;
  RETURN v_version;
END $function$
CREATE OR REPLACE FUNCTION public.append_together(p_decisions jsonb)
 RETURNS integer[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET lock_timeout TO '10ms'
AS $function$
DECLARE
  v_versions integer[];
  v_partly   boolean;
  v_now      timestamptz := clock_timestamp();
BEGIN
  WITH decision AS MATERIALIZED (
    SELECT place, d->>'stream' AS stream, (d->>'expected')::integer AS expected, d->'events' AS events,
           jsonb_array_length(d->'events') AS events_count,
           row_number() OVER (PARTITION BY d->>'stream' ORDER BY place) AS place_in_stream
      FROM jsonb_array_elements(p_decisions) WITH ORDINALITY AS t (d, place)),
  fitting AS MATERIALIZED (
    SELECT * FROM decision
     WHERE place_in_stream = 1 AND events_count > 0
       AND expected = (SELECT coalesce(max(version), 0) FROM events WHERE events.stream = decision.stream)),
  inserted AS (
    INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor,
                        recorded_at, occurred_at)
    SELECT (e->>'eventId')::uuid, stream, expected + i, e->>'type', (e->>'schemaVersion')::integer, e->'data',
           (e->>'correlationId')::uuid, (e->>'causationId')::uuid, e->>'actor', v_now,
           -- A comparison with null would give now.
           CASE WHEN e->>'occurredAt' IS NOT NULL THEN least((e->>'occurredAt')::timestamptz, v_now) END
      FROM fitting, jsonb_array_elements(events) WITH ORDINALITY AS t (e, i)
     ORDER BY place, i
        ON CONFLICT DO NOTHING
    RETURNING stream),
  stored AS (SELECT stream, count(*) AS events_count FROM inserted GROUP BY stream)
  SELECT array_agg(CASE WHEN place_in_stream = 1 AND stored.stream IS NOT NULL THEN expected + decision.events_count END ORDER BY place),
         bool_or(stored.events_count < decision.events_count AND place_in_stream = 1)
    INTO v_versions, v_partly
    FROM decision LEFT JOIN stored USING (stream);
  IF v_partly THEN
    RAISE EXCEPTION 'append_together: a decision would be stored in part' USING ERRCODE = 'XF002';
  END IF;
  RETURN v_versions;
END $function$
CREATE OR REPLACE FUNCTION public.boot_mitigations(boot_state jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT string_agg(one.key || ': ' || one.value, ', ' ORDER BY one.key) FROM jsonb_each_text(boot_state -> 'mitigations') AS one
$function$
CREATE OR REPLACE FUNCTION public.boot_mitigations_but_kpti(boot_state jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT string_agg(one.key || ': ' || one.value, ', ' ORDER BY one.key) FROM jsonb_each_text(boot_state -> 'mitigations') AS one
   WHERE one.key <> 'meltdown' AND one.value <> 'Not affected'
$function$
CREATE OR REPLACE FUNCTION public.boot_state_hash(p_boot_state jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT encode(sha256(convert_to(canonical_json(CASE jsonb_typeof(p_boot_state->'tscKhz')
    WHEN 'number' THEN p_boot_state || jsonb_build_object(
      'tscKhz', floor((p_boot_state->>'tscKhz')::float8 / 1000 + 0.5)::numeric)
    ELSE p_boot_state
  END), 'UTF8')), 'hex')
$function$
CREATE OR REPLACE FUNCTION public.canonical_json(p_value jsonb)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN CASE jsonb_typeof(p_value)
    WHEN 'object' THEN (
      SELECT '{' || coalesce(string_agg(to_json(key)::text || ':' || CASE
               WHEN jsonb_typeof(value) IN ('object', 'array') THEN canonical_json(value) ELSE value::text
             END, ',' ORDER BY key COLLATE "C"), '') || '}' FROM jsonb_each(p_value))
    WHEN 'array' THEN (
      SELECT '[' || coalesce(string_agg(canonical_json(value), ',' ORDER BY i), '') || ']'
        FROM jsonb_array_elements(p_value) WITH ORDINALITY AS t(value, i))
    ELSE p_value::text
  END;
END $function$
CREATE OR REPLACE FUNCTION public.drop_worker_login(p_login text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF p_login !~ '^xf_worker_[0-9a-f]{16}$' THEN
    RAISE EXCEPTION 'the login of a worker is called xf_worker_<16 hex digits>' USING ERRCODE = '22023';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = p_login) THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', p_login);
  EXECUTE format('REVOKE xf_worker FROM %I', p_login);
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = p_login;
  BEGIN
    EXECUTE format('DROP ROLE %I', p_login);
  EXCEPTION WHEN dependent_objects_still_exist THEN
    NULL;
  END;
END $function$
CREATE OR REPLACE FUNCTION public.feed_holders()
 RETURNS TABLE(pid integer, login text, application text, database text, since timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT a.pid, coalesce(a.usename, a.backend_type)::text, a.application_name, a.datname::text, a.xact_start
    FROM pg_stat_activity a
   WHERE a.backend_xid IS NOT NULL AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
  UNION ALL
  SELECT NULL, p.owner::text, 'prepared transaction ' || p.gid, p.database::text, p.prepared FROM pg_prepared_xacts p
$function$
CREATE OR REPLACE FUNCTION public.host_state(service text, silent boolean)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT CASE WHEN service <> 'in-service' THEN service WHEN silent THEN 'silent' WHEN NOT silent THEN 'online' ELSE 'never' END
$function$
CREATE OR REPLACE FUNCTION public.make_shadow_tables(p_projection text, p_tables text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_schema text := 'filling_' || p_projection;
  v_table  text;
  v_public regclass;
  v_shadow text;
  v_sql    text;
BEGIN
  IF p_projection !~ '^[a-z][a-z_]{0,39}$' THEN
    RAISE EXCEPTION 'not a name of a projection: %', p_projection USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM public.refuse_foreign_tables(p_tables);
  EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', v_schema);
  EXECUTE format('CREATE SCHEMA %I', v_schema);
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO xf_coordinator', v_schema);
  FOREACH v_table IN ARRAY p_tables LOOP
    v_public := format('public.%I', v_table)::regclass;
    v_shadow := format('%I.%I', v_schema, v_table);
    EXECUTE format('CREATE TABLE %s (LIKE public.%I INCLUDING ALL EXCLUDING INDEXES)', v_shadow, v_table);
    FOR v_sql IN
      SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', v_shadow, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE conrelid = v_public AND contype IN ('p', 'u', 'x')
      UNION ALL
      SELECT replace(pg_get_indexdef(indexrelid), format(' ON public.%I ', v_table), format(' ON %s ', v_shadow))
        FROM pg_index i
       WHERE indrelid = v_public AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
      UNION ALL
      SELECT format('GRANT %s ON %s TO %s', privilege_type, v_shadow, grantee::regrole)
        FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = v_public AND grantee NOT IN (0, relowner)
      UNION ALL
      SELECT format('GRANT %s (%I) ON %s TO %s', privilege_type, attname, v_shadow, grantee::regrole)
        FROM pg_attribute, aclexplode(attacl) WHERE attrelid = v_public AND NOT attisdropped AND grantee <> 0
    LOOP
      EXECUTE v_sql;
    END LOOP;
  END LOOP;
END $function$
CREATE OR REPLACE FUNCTION public.make_worker_login(p_login text, p_verifier text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF p_login !~ '^xf_worker_[0-9a-f]{16}$' THEN
    RAISE EXCEPTION 'the login of a worker is called xf_worker_<16 hex digits>' USING ERRCODE = '22023';
  END IF;
  IF p_verifier !~ '^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
    RAISE EXCEPTION 'a password comes as a SCRAM verifier' USING ERRCODE = '22023';
  END IF;
  EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 16 PASSWORD %L', p_login, p_verifier);
  EXECUTE format('GRANT xf_worker TO %I', p_login);
  EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', p_login, '10s');
  -- So that the owner may end its sessions (watch_sessions, drop_worker_login). A superuser may anyway.
  IF current_setting('server_version_num')::integer >= 160000
     AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT %I TO CURRENT_USER WITH INHERIT TRUE, SET FALSE', p_login);
  END IF;
END $function$
CREATE OR REPLACE FUNCTION public.packed_samples(p_packed bytea)
 RETURNS bigint
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
DECLARE
  v_at    integer := 4;
  v_value bigint;
  v_shift integer;
  v_byte  integer;
BEGIN
  IF length(p_packed) < 6 OR substr(p_packed, 1, 2) <> '\x5853' THEN
    RETURN NULL;
  END IF;
  FOR field IN 1..2 LOOP
    v_value := 0;
    v_shift := 0;
    LOOP
      IF v_at >= length(p_packed) OR v_shift > 28 THEN
        RETURN NULL;
      END IF;
      v_byte := get_byte(p_packed, v_at);
      v_value := v_value | ((v_byte & 127)::bigint << v_shift);
      v_at := v_at + 1;
      v_shift := v_shift + 7;
      EXIT WHEN v_byte < 128;
    END LOOP;
  END LOOP;
  RETURN v_value;
END $function$
CREATE OR REPLACE FUNCTION public.provenance_fits(p_executor text, p_provenance text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT coalesce(CASE p_executor
    WHEN 'simulator' THEN p_provenance = 'simulated'
    WHEN 'import' THEN p_provenance = 'imported'
    ELSE p_provenance IN ('measured', 'emulated', 'unknown')
  END, false)
$function$
CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
END $function$
CREATE OR REPLACE FUNCTION public.refuse_false_boot_state()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_hash text := boot_state_hash(NEW.data->'bootState');
BEGIN
  IF v_hash IS DISTINCT FROM NEW.data->>'bootStateHash' OR NEW.stream <> 'boot-state-' || v_hash OR NEW.version <> 1 THEN
    RAISE EXCEPTION 'BootStateObserved in %: its boot state has the hash %, not %',
      NEW.stream, coalesce(v_hash, '(none: there is no boot state)'), coalesce(NEW.data->>'bootStateHash', '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.refuse_foreign_tables(p_tables text[])
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY p_tables LOOP
    IF to_regclass(format('public.%I', v_table)) IS NULL THEN
      RAISE EXCEPTION 'there is no table %', v_table USING ERRCODE = 'undefined_table';
    END IF;
    IF NOT has_table_privilege(session_user, format('public.%I', v_table), 'DELETE') THEN
      RAISE EXCEPTION 'table % is none that % may refill', v_table, session_user USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND format('public.%I', v_table)::regclass IN (conrelid, confrelid))
       OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = format('public.%I', v_table)::regclass) THEN
      RAISE EXCEPTION 'table % has a trigger or a foreign key, which a swap would lose', v_table
        USING ERRCODE = 'feature_not_supported';
    END IF;
  END LOOP;
END $function$
CREATE OR REPLACE FUNCTION public.refuse_rederivation()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NOT pg_has_role(session_user, 'xf_coordinator', 'MEMBER') THEN
    RAISE EXCEPTION 'only a coordinator appends RunRederived, not %', session_user USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.refuse_unfit_provenance()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_executor text;
  v_said     text := NEW.data->>'provenance';
  v_label    text := NEW.data->'labels'->>'provenance';
BEGIN
  -- The first order, which only the coordinator can give: a later one may come from a worker that gives an attempt up.
  SELECT data->>'executor' INTO v_executor FROM events
   WHERE stream = NEW.stream AND version = 1 AND type = 'RunQueued';
  IF v_executor IS NULL OR NOT provenance_fits(v_executor, v_said) OR v_label <> v_said THEN
    RAISE EXCEPTION 'RunStarted in %: figures of executor % can not be %, labelled %',
      NEW.stream, coalesce(v_executor, '(none was queued)'), coalesce(v_said, '(nothing)'), coalesce(v_label, '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  IF v_said = 'measured' AND jsonb_typeof(NEW.data->'evidence') IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'RunStarted in %: a run is measured only with evidence of it', NEW.stream USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.refuse_unknown_boot_state()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_hash text := NEW.data->>'bootStateHash';
BEGIN
  IF NEW.schema_version < 2 THEN
    IF boot_state_hash(NEW.data->'bootState') IS DISTINCT FROM v_hash THEN
      RAISE EXCEPTION 'RunStarted in %: its boot state has the hash %, not %', NEW.stream,
        coalesce(boot_state_hash(NEW.data->'bootState'), '(none: there is no boot state)'), coalesce(v_hash, '(nothing)')
        USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.data ? 'bootState' THEN
    RAISE EXCEPTION 'RunStarted in %: version % names its boot state and does not carry it', NEW.stream, NEW.schema_version
      USING ERRCODE = 'check_violation';
  -- Before it in the feed as well, or a reader would meet a hash that it can't look up.
  ELSIF NOT EXISTS (SELECT FROM events WHERE stream = 'boot-state-' || v_hash AND version = 1
                       AND (xid, position) < (NEW.xid, NEW.position)) THEN
    RAISE EXCEPTION 'RunStarted in %: no boot state with the hash % was observed before', NEW.stream, coalesce(v_hash, '(nothing)')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $function$
CREATE OR REPLACE FUNCTION public.request_for_worker(p_worker worker_tokens, p_stream text, p_until integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT queued.data FROM (
    SELECT data FROM events
     WHERE stream = p_stream AND type = 'RunQueued' AND version <= p_until AND p_stream LIKE 'run-%'
     ORDER BY version DESC LIMIT 1
  ) AS queued
    JOIN worker_presence AS held ON held.host_id = queued.data->>'hostId'
   WHERE held.worker_id = p_worker.worker_id AND held.instance_id = p_worker.instance_id
$function$
CREATE OR REPLACE FUNCTION public.swap_shadow_tables(p_projection text, p_tables text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_schema text := 'filling_' || p_projection;
  v_table  text;
BEGIN
  PERFORM public.refuse_foreign_tables(p_tables);
  FOREACH v_table IN ARRAY p_tables LOOP
    EXECUTE format('ANALYZE %I.%I', v_schema, v_table);
  END LOOP;
  EXECUTE (SELECT 'LOCK TABLE ' || string_agg(format('public.%I', t), ', ') || ' IN ACCESS EXCLUSIVE MODE' FROM unnest(p_tables) t);
  FOREACH v_table IN ARRAY p_tables LOOP
    IF public.table_shape('public', v_table) IS DISTINCT FROM public.table_shape(v_schema, v_table) THEN
      RAISE EXCEPTION 'table % was migrated while it was refilled', v_table USING ERRCODE = 'XF003';
    END IF;
    EXECUTE format('DROP TABLE public.%I', v_table);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA public', v_schema, v_table);
  END LOOP;
  EXECUTE format('DROP SCHEMA %I', v_schema);
END $function$
CREATE OR REPLACE FUNCTION public.table_shape(p_schema text, p_table text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  WITH which AS (SELECT to_regclass(format('%I.%I', p_schema, p_table)) AS id),
  parts AS (
    SELECT 1 AS kind, format('%s %s %s', attname, format_type(atttypid, atttypmod), attnotnull) AS part
      FROM pg_attribute, which WHERE attrelid = id AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 2, format('%s %s', conname, pg_get_constraintdef(oid))
      FROM pg_constraint, which WHERE conrelid = id AND contype <> 'n'
    UNION ALL
    SELECT 3, replace(pg_get_indexdef(indexrelid), format(' ON %I.%I ', p_schema, p_table), ' ON ')
      FROM pg_index, which WHERE indrelid = id
  )
  SELECT string_agg(part, E'\n' ORDER BY kind, part) FROM parts
$function$
CREATE OR REPLACE FUNCTION public.watch_sessions()
 RETURNS TABLE(pid integer, login text, application text, database text, since timestamp with time zone, held_ms double precision, horizon_ms double precision, blocks integer, endable boolean, ended boolean)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH waits AS MATERIALIZED (
    SELECT w.pid, w.since, b.pid AS blocker
      FROM (SELECT l.pid, min(l.waitstart) AS since FROM pg_locks l WHERE NOT l.granted GROUP BY l.pid) w,
           unnest(pg_blocking_pids(w.pid)) AS b (pid)
  ),
  blockers AS (
    SELECT blocker AS pid, count(DISTINCT waits.pid)::integer AS blocks, min(since) AS waited_since
      FROM waits WHERE since < clock_timestamp() - interval '1 second' GROUP BY blocker
  ),
  holders AS MATERIALIZED (
    SELECT a.pid, coalesce(a.usename, a.backend_type)::text AS login, a.application_name, a.datname::text AS datname,
           CASE WHEN b.pid IS NULL AND a.backend_xid IS NULL THEN a.state_change
                WHEN a.xact_start <= coalesce(b.waited_since, a.xact_start) THEN a.xact_start
                ELSE coalesce(a.backend_start, b.waited_since) END AS since,
           CASE WHEN a.backend_xid IS NOT NULL THEN a.xact_start END AS horizon_since, coalesce(b.blocks, 0) AS blocks,
           coalesce(role.ours AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')), false) AS endable
      FROM pg_stat_activity a
      LEFT JOIN blockers b USING (pid)
      LEFT JOIN pg_roles r ON r.oid = a.usesysid
      LEFT JOIN LATERAL (
        SELECT NOT r.rolsuper AND r.rolname <> current_user AND NOT pg_has_role(r.oid, 'xf_coordinator', 'MEMBER')
               AND (pg_has_role(r.oid, 'xf_worker', 'MEMBER') OR pg_has_role(r.oid, 'xf_reader', 'MEMBER')) AS ours
      ) role ON true
     WHERE a.pid <> pg_backend_pid()
       AND (b.pid IS NOT NULL OR a.xact_start IS NOT NULL AND (a.backend_xid IS NOT NULL
            OR role.ours AND a.state LIKE 'idle in transaction%'))
  ),
  judged AS (
    SELECT h.*, extract(epoch FROM clock_timestamp() - h.since) * 1000 AS held_ms,
           extract(epoch FROM clock_timestamp() - h.horizon_since) * 1000 AS horizon_ms
      FROM holders h
  ),
  due AS (
    SELECT j.pid FROM judged j WHERE j.endable AND j.held_ms > 10000
  )
  SELECT j.pid, j.login, j.application_name, j.datname, j.since, j.held_ms::float8, j.horizon_ms::float8, j.blocks, j.endable,
         CASE WHEN j.pid IN (SELECT due.pid FROM due)
                   AND NOT EXISTS (SELECT FROM waits JOIN due ON due.pid = waits.blocker WHERE waits.pid = j.pid)
              THEN pg_terminate_backend(j.pid) ELSE false END
    FROM judged j
  UNION ALL
  SELECT NULL, p.owner::text, 'prepared transaction ' || p.gid, p.database::text, p.prepared,
         (extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::float8,
         (extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::float8,
         (SELECT count(DISTINCT waits.pid)::integer FROM waits
           WHERE blocker = 0 AND waits.since < clock_timestamp() - interval '1 second'), false, false
    FROM pg_prepared_xacts p
   ORDER BY 5
$function$
CREATE OR REPLACE FUNCTION public.worker_append(p_token text, p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  RETURN append_of_worker(worker_of_token(p_token), p_stream, p_expected, p_events, p_samples, p_raw);
END $function$
CREATE OR REPLACE PROCEDURE public.worker_append_many(IN p_token text, IN p_decisions jsonb, IN p_payloads bytea, INOUT p_outcomes jsonb)
 LANGUAGE plpgsql
AS $procedure$
DECLARE
  v_versions integer[];
  v_decision jsonb;
  v_bytes    integer;
  v_at       integer := 1;
  v_outcomes jsonb[] := '{}';
  v_state    text;
  v_message  text;
  v_detail   text;
BEGIN
  BEGIN
    PERFORM pg_catalog.set_config('lock_timeout', '10ms', true);
    v_versions := public.worker_append_together(p_token, p_decisions, p_payloads);
  EXCEPTION WHEN OTHERS THEN
    v_versions := NULL; -- whose fault it was is found below
  END;
  COMMIT;
  IF v_versions IS NOT NULL THEN
    p_outcomes := pg_catalog.to_jsonb(ARRAY(
      SELECT pg_catalog.jsonb_build_object('version', version) FROM pg_catalog.unnest(v_versions) AS t (version)));
    RETURN;
  END IF;
  FOR v_decision IN SELECT pg_catalog.jsonb_array_elements(p_decisions) LOOP
    v_bytes := (SELECT coalesce(sum((size->>0)::integer + (size->>1)::integer), 0)
                  FROM pg_catalog.jsonb_array_elements(v_decision->'sizes') AS t (size) WHERE size <> 'null');
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    BEGIN
      v_versions := public.worker_append_together(
        p_token, pg_catalog.jsonb_build_array(v_decision), pg_catalog.substr(p_payloads, v_at, v_bytes));
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('version', v_versions[1]);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
      -- Ours; data; integrity; rights; limits. Another class may pass, and would meet the next append as well.
      IF v_state !~ '^(XF|22|23|42|54)' THEN
        RAISE;
      END IF;
      v_outcomes := v_outcomes || pg_catalog.jsonb_build_object('code', v_state, 'message', v_message, 'detail', v_detail);
    END;
    COMMIT;
    v_at := v_at + v_bytes;
  END LOOP;
  -- A commit that wrote nothing flushes nothing, and the last may have been refused: this writes.
  PERFORM pg_catalog.pg_logical_emit_message(true, 'worker_append_many', '');
  COMMIT;
  p_outcomes := pg_catalog.to_jsonb(v_outcomes);
END $procedure$
CREATE OR REPLACE FUNCTION public.worker_append_together(p_token text, p_decisions jsonb, p_payloads bytea)
 RETURNS integer[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_worker   worker_tokens := worker_of_token(p_token);
  v_decision jsonb;
  v_size     jsonb;
  v_samples  bytea[];
  v_raw      bytea[];
  v_at       integer := 1;
  v_versions integer[] := '{}';
BEGIN
  FOR v_decision IN SELECT jsonb_array_elements(p_decisions) LOOP
    v_samples := '{}';
    v_raw := '{}';
    IF v_decision->'sizes' @? 'strict $[*] ? (@.type() == "array")' THEN
      FOR v_size IN SELECT jsonb_array_elements(v_decision->'sizes') LOOP
        IF v_size = 'null' THEN
          v_samples := array_append(v_samples, NULL);
          v_raw := array_append(v_raw, NULL);
        ELSE
          v_samples := array_append(v_samples, substr(p_payloads, v_at, (v_size->>0)::integer));
          v_at := v_at + (v_size->>0)::integer;
          v_raw := array_append(v_raw, substr(p_payloads, v_at, (v_size->>1)::integer));
          v_at := v_at + (v_size->>1)::integer;
        END IF;
      END LOOP;
    END IF;
    v_versions := v_versions || append_of_worker(
      v_worker, v_decision->>'stream', (v_decision->>'expected')::integer, v_decision->'events', v_samples, v_raw);
  END LOOP;
  RETURN v_versions;
END $function$
CREATE OR REPLACE FUNCTION public.worker_observe_boot_state(p_token text, p_run_stream text, p_event jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_worker worker_tokens := worker_of_token(p_token);
  v_stream text := 'boot-state-' || (p_event->'data'->>'bootStateHash');
BEGIN
  IF request_for_worker(v_worker, p_run_stream, 2147483647) IS NULL THEN
    RAISE EXCEPTION 'worker % may only bring boot states of runs that are queued to its hosts, not of %',
      v_worker.worker_id, p_run_stream USING ERRCODE = '42501';
  END IF;
  IF p_event->>'type' IS DISTINCT FROM 'BootStateObserved' THEN
    RAISE EXCEPTION 'worker % may not append this as a boot state: %', v_worker.worker_id, coalesce(p_event->>'type', 'an event without a type')
      USING ERRCODE = '42501';
  END IF;
  -- Looks first: an insert that finds its row there would have burnt a place in the feed.
  IF EXISTS (SELECT FROM events WHERE stream = v_stream) THEN
    RETURN;
  END IF;
  INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor)
  VALUES ((p_event->>'eventId')::uuid, v_stream, 1, 'BootStateObserved', (p_event->>'schemaVersion')::integer,
          p_event->'data', (p_event->>'correlationId')::uuid, (p_event->>'causationId')::uuid, 'worker:' || v_worker.worker_id)
      ON CONFLICT DO NOTHING;
END $function$
CREATE OR REPLACE FUNCTION public.worker_of_token(p_token text)
 RETURNS worker_tokens
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_worker worker_tokens;
BEGIN
  SELECT * INTO v_worker FROM worker_tokens WHERE token_hash = sha256(convert_to(p_token, 'UTF8'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this token belongs to no worker: it was revoked, or another process registered under the same id'
      USING ERRCODE = '42501';
  END IF;
  RETURN v_worker;
END $function$
CREATE OR REPLACE FUNCTION public.worker_read(p_token text, p_stream text)
 RETURNS TABLE(event_id uuid, stream text, version integer, type text, schema_version integer, data jsonb, correlation_id uuid, causation_id uuid, actor text, recorded_at timestamp with time zone, xid xid8, "position" bigint, occurred_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
  v_request jsonb := request_for_worker(worker_of_token(p_token), p_stream, 2147483647);
  v_old   boolean;
BEGIN
  IF v_request IS NULL THEN
    RETURN;
  END IF;
  SELECT contract_version < 3 INTO v_old FROM worker_presence WHERE host_id = v_request->>'hostId';
  RETURN QUERY SELECT e.event_id, e.stream, e.version, e.type,
                      CASE WHEN v_old AND e.type = 'RunStarted' THEN 1 ELSE e.schema_version END,
                      CASE WHEN v_old AND e.type = 'RunStarted' AND e.schema_version > 1 THEN e.data || jsonb_build_object(
                        'bootState', (SELECT b.data->'bootState' FROM events b
                                       WHERE b.stream = 'boot-state-' || (e.data->>'bootStateHash')))
                      ELSE e.data END,
                      e.correlation_id, e.causation_id, e.actor, e.recorded_at, e.xid, e.position, e.occurred_at
                 FROM events e WHERE e.stream = p_stream ORDER BY e.version;
END $function$

-- rights (besides the owner)
column jobs.ended_at xf_reader: SELECT
column jobs.job_id xf_reader: SELECT
column jobs.outcome xf_reader: SELECT
column jobs.runs_total xf_reader: SELECT
column jobs.spec xf_reader: SELECT
column jobs.state xf_reader: SELECT
column jobs.submitted_at xf_reader: SELECT
function append_events xf_coordinator: EXECUTE
function append_many xf_coordinator: EXECUTE
function append_rederivation xf_coordinator: EXECUTE
function append_together xf_coordinator: EXECUTE
function boot_mitigations PUBLIC: EXECUTE
function boot_mitigations_but_kpti PUBLIC: EXECUTE
function boot_state_hash PUBLIC: EXECUTE
function canonical_json PUBLIC: EXECUTE
function drop_worker_login xf_coordinator: EXECUTE
function feed_holders xf_reader: EXECUTE
function host_state xf_coordinator: EXECUTE
function host_state xf_reader: EXECUTE
function host_state PUBLIC: EXECUTE
function make_shadow_tables xf_coordinator: EXECUTE
function make_worker_login xf_coordinator: EXECUTE
function packed_samples PUBLIC: EXECUTE
function provenance_fits PUBLIC: EXECUTE
function refuse_change PUBLIC: EXECUTE
function refuse_false_boot_state PUBLIC: EXECUTE
function refuse_foreign_tables xf_coordinator: EXECUTE
function refuse_rederivation PUBLIC: EXECUTE
function refuse_unknown_boot_state PUBLIC: EXECUTE
function swap_shadow_tables xf_coordinator: EXECUTE
function table_shape PUBLIC: EXECUTE
function watch_sessions xf_coordinator: EXECUTE
function worker_append xf_worker: EXECUTE
function worker_append_many xf_worker: EXECUTE
function worker_append_together xf_worker: EXECUTE
function worker_observe_boot_state xf_worker: EXECUTE
function worker_read xf_worker: EXECUTE
schema public xf_coordinator: USAGE
schema public xf_reader: USAGE
schema public xf_worker: USAGE
schema public PUBLIC: USAGE
table _prisma_migrations xf_coordinator: SELECT
table api_keys xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table boot_states xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table boot_states xf_reader: SELECT
table checkpoints xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table checkpoints xf_reader: SELECT
table daily_cells xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table daily_cells xf_reader: SELECT
table daily_series xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table daily_series xf_reader: SELECT
table database_sizes xf_coordinator: INSERT, SELECT
table database_sizes xf_reader: SELECT
table ended_runs xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table ended_runs xf_reader: SELECT
table events xf_coordinator: SELECT
table findings xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table findings xf_reader: SELECT
table host_noise xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table host_noise xf_reader: SELECT
table host_presence xf_coordinator: SELECT
table host_presence xf_reader: SELECT
table host_runs xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table host_runs xf_reader: SELECT
table host_service xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table host_service xf_reader: SELECT
table hosts xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table hosts xf_reader: SELECT
table invitations xf_coordinator: INSERT, SELECT, UPDATE
table jobs xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table label_values xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table lost_samples xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table lost_samples xf_reader: SELECT
table monthly_levels xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table monthly_levels xf_reader: SELECT
table notification_changes xf_coordinator: INSERT, SELECT, UPDATE
table notification_items xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table notification_routes xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table notification_routes xf_reader: SELECT
table notification_targets xf_coordinator: DELETE, INSERT, SELECT
table notifications xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table projections xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table projections xf_reader: SELECT
table queue_waits xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table queue_waits xf_reader: SELECT
table rederived_batches xf_coordinator: SELECT
table regression_looks xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table regression_looks xf_reader: SELECT
table run_annotations xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table run_annotations xf_reader: SELECT
table run_gaps xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table run_gaps xf_reader: SELECT
table run_leases xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table run_lines xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table run_lines xf_reader: SELECT
table run_results xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table run_results xf_reader: SELECT
table run_stretches xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table run_stretches xf_reader: SELECT
table runs xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table runs xf_reader: SELECT
table sample_batches xf_coordinator: SELECT
table schedules xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table schedules xf_reader: SELECT
table segments xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table segments xf_reader: SELECT
table series_months xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table series_months xf_reader: SELECT
table set_aside_streams xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table set_aside_streams xf_reader: SELECT
table streams_to_refold xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table worker_presence xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table worker_presence xf_reader: SELECT
table worker_sessions xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table worker_tokens xf_coordinator: DELETE, INSERT, SELECT, UPDATE
table worker_turns xf_coordinator: DELETE, INSERT, SELECT, UPDATE
