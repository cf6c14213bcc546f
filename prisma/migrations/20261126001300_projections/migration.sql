-- Projections as definitions (apps/coordinator/src/projections): each has a version, and tables that a new version fills
-- anew from history in a schema beside, while the old ones answer, until both are swapped.

CREATE TABLE projections (
  name                    text    PRIMARY KEY CHECK (name ~ '^[a-z][a-z_]{0,39}$'),
  -- Of the definition that filled its tables. 0: a release that kept no versions; null: they were never filled.
  version                 integer CHECK (version >= 0),
  -- How often its tables were swapped.
  generation              integer NOT NULL DEFAULT 0,
  -- Which generation of the tables that it reads its own were filled from.
  read_generation         integer,
  -- The fill under way; null when there is none.
  filling_version         integer CHECK (filling_version >= 0),
  filling_read_generation integer,
  -- Somebody asked for a rebuild that has not begun.
  rebuild_asked           boolean NOT NULL DEFAULT false,
  changed_at              timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON projections TO xf_coordinator;
GRANT SELECT ON projections TO xf_reader;

-- What earlier releases filled. Both are followed on from where they are, and filled anew by this release.
INSERT INTO projections (name, version) VALUES ('operational', 0), ('hourly_results', 0);
INSERT INTO checkpoints (subscription, xid, position)
SELECT 'hourly_results', xid, position FROM checkpoints WHERE subscription = 'read-model';

-- Streams whose events a subscription is to fold once more, wherever it is: they were set aside and have been taken up
-- again since.
CREATE TABLE streams_to_refold (
  subscription text NOT NULL,
  stream       text NOT NULL,
  PRIMARY KEY (subscription, stream)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON streams_to_refold TO xf_coordinator;

-- Columns, keys, checks and indexes of a table, as text that is the same for the same in another schema.
CREATE FUNCTION table_shape(p_schema text, p_table text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
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
$$;

-- Only tables that the caller may empty anyway, so that nobody swaps history or keys away.
CREATE FUNCTION refuse_foreign_tables(p_tables text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY p_tables LOOP
    IF to_regclass(format('public.%I', v_table)) IS NULL THEN
      RAISE EXCEPTION 'there is no table %', v_table USING ERRCODE = 'undefined_table';
    END IF;
    IF NOT has_table_privilege(session_user, format('public.%I', v_table), 'DELETE') THEN
      RAISE EXCEPTION 'table % is none that % may fill anew', v_table, session_user USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND format('public.%I', v_table)::regclass IN (conrelid, confrelid))
       OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = format('public.%I', v_table)::regclass) THEN
      RAISE EXCEPTION 'table % has a trigger or a foreign key, which a swap would lose', v_table
        USING ERRCODE = 'feature_not_supported';
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION refuse_foreign_tables FROM PUBLIC;

-- Empty copies of a projection's tables in the schema filling_<projection>: with the same constraints, indexes (under the
-- same names) and rights. What is left there of an earlier fill goes.
CREATE FUNCTION make_shadow_tables(p_projection text, p_tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
END $$;
REVOKE ALL ON FUNCTION make_shadow_tables FROM PUBLIC;

-- Puts the filled tables in the place of the old ones. The caller has the turns of the projection and of its fill, and has
-- set lock_timeout: a reader that stays must not hold up all others.
CREATE FUNCTION swap_shadow_tables(p_projection text, p_tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
      RAISE EXCEPTION 'table % was migrated while it was filled anew', v_table USING ERRCODE = 'XF003';
    END IF;
    EXECUTE format('DROP TABLE public.%I', v_table);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA public', v_schema, v_table);
  END LOOP;
  EXECUTE format('DROP SCHEMA %I', v_schema);
END $$;
REVOKE ALL ON FUNCTION swap_shadow_tables FROM PUBLIC;

GRANT EXECUTE ON FUNCTION refuse_foreign_tables, make_shadow_tables, swap_shadow_tables TO xf_coordinator;
