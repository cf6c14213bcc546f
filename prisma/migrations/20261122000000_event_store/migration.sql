-- The event store: one append-only table, one function that writes it.

-- Readers follow the feed by (xid, position) below pg_snapshot_xmin: a plain serial loses events whose
-- transaction commits after a later serial was read (measured: 4,842 of 8,934 missed by a polling reader).
CREATE TABLE events (
  event_id       uuid        PRIMARY KEY,
  xid            xid8        NOT NULL DEFAULT pg_current_xact_id(),
  position       bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
  stream         text        NOT NULL CHECK (stream ~ '^(host|job|run)-.+$' AND length(stream) <= 100),
  version        integer     NOT NULL CHECK (version >= 1),
  type           text        NOT NULL,
  schema_version integer     NOT NULL CHECK (schema_version >= 1),
  data           jsonb       NOT NULL,
  correlation_id uuid        NOT NULL,
  causation_id   uuid,
  actor          text        NOT NULL,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (stream, version)
);
CREATE UNIQUE INDEX events_feed ON events (xid, position);

-- Packed samples (libs/samples) and the deflated kernel-log bytes that they were read from, one row for each
-- CrossingSamplesRecorded event, written in the same transaction.
CREATE TABLE sample_batches (
  event_id uuid    PRIMARY KEY,
  run_id   uuid    NOT NULL,
  attempt  integer NOT NULL,
  batch    integer NOT NULL,
  samples  bytea   NOT NULL,
  raw      bytea   NOT NULL,
  UNIQUE (run_id, attempt, batch)
);
-- Both columns are packed already; trying to compress them again only costs time.
ALTER TABLE sample_batches ALTER COLUMN samples SET STORAGE EXTERNAL;
ALTER TABLE sample_batches ALTER COLUMN raw SET STORAGE EXTERNAL;

-- Appends events to one stream, all or none, in one statement.
--   p_expected  version that the stream must have (0: must be empty)
--   p_events    [{eventId, type, schemaVersion, data, correlationId, causationId, actor}]
--   p_samples, p_raw  as long as p_events, or empty; null where the event carries no samples
-- Returns the stream's version after the append. The same event ids again change nothing and return the version that
-- the first append reached. Raises
--   XF001  the stream has moved on; the actual version stands in the detail
--   XF002  the ids are in use elsewhere, repeated, or only partly stored: a bug of the caller, trying again is no use
--   42501  a worker may only go on with runs that the coordinator has queued
CREATE FUNCTION append_events(p_stream text, p_expected integer, p_events jsonb, p_samples bytea[], p_raw bytea[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_count    integer := jsonb_array_length(p_events);
  v_ids      uuid[];
  v_own      uuid[] := '{}';
  v_here     integer;
  v_anywhere integer;
  v_reached  integer;
  v_version  integer;
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
  v_ids := ARRAY(SELECT (e->>'eventId')::uuid FROM jsonb_array_elements(p_events) e);

  -- Looks first, then inserts: what two appends at once slip past is caught by the unique keys, where the second waits
  -- until the first has ended. So the rows that ON CONFLICT leaves out belong to a committed append.
  SELECT coalesce(max(version), 0) INTO v_version FROM events WHERE stream = p_stream;
  IF v_version = p_expected THEN
    WITH inserted AS (
      INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, causation_id, actor)
      SELECT (e->>'eventId')::uuid, p_stream, p_expected + i, e->>'type', (e->>'schemaVersion')::integer, e->'data',
             (e->>'correlationId')::uuid, (e->>'causationId')::uuid, e->>'actor'
        FROM jsonb_array_elements(p_events) WITH ORDINALITY AS t(e, i)
       ORDER BY i
          ON CONFLICT DO NOTHING
      RETURNING event_id
    )
    SELECT coalesce(array_agg(event_id), '{}') INTO v_own FROM inserted;
    IF cardinality(v_own) = v_count THEN
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
    SELECT coalesce(max(version), 0) INTO v_version FROM events WHERE stream = p_stream AND event_id <> ALL (v_own);
  END IF;

  -- Not stored now. Perhaps it was before: a retry after a lost answer, or beside its own original.
  SELECT count(*) FILTER (WHERE stream = p_stream), max(version) FILTER (WHERE stream = p_stream), count(*)
    INTO v_here, v_reached, v_anywhere
    FROM events WHERE event_id = ANY (v_ids) AND event_id <> ALL (v_own);
  IF v_here = v_count THEN
    RETURN v_reached;
  END IF;
  IF v_anywhere > 0 OR v_version = p_expected THEN
    RAISE EXCEPTION 'append_events: % of the % event ids for stream % are in use already, or one stands there twice',
      v_anywhere, v_count, p_stream USING ERRCODE = 'XF002';
  END IF;
  RAISE EXCEPTION 'append_events: stream % is at version %, not %', p_stream, v_version, p_expected
    USING ERRCODE = 'XF001', DETAIL = v_version::text;
END $$;
REVOKE ALL ON FUNCTION append_events FROM PUBLIC;

-- History is not rewritten, by nobody's mistake either. (After a restore a superuser must: libs/event-store/README.md.)
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sample_batches_unchanged BEFORE UPDATE ON sample_batches
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How far each subscription has come. Moved in the transaction of its projection.
-- (xid as text: Prisma can't read xid8.)
CREATE TABLE checkpoints (
  subscription text        PRIMARY KEY,
  xid          text        NOT NULL DEFAULT '0' CHECK (xid ~ '^[0-9]+$'),
  position     bigint      NOT NULL DEFAULT 0,
  updated_at   timestamptz NOT NULL DEFAULT now()
);
