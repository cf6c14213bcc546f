-- Workers of this and of the previous contract version are served (libs/contracts/src/contract-versions.ts). Which one a
-- host's worker speaks is what it registered with; those that registered before this was kept speak version 2.
ALTER TABLE worker_presence ADD COLUMN contract_version integer NOT NULL DEFAULT 2;
ALTER TABLE worker_presence ALTER COLUMN contract_version DROP DEFAULT;

-- As 20261126001110_occurred_at has it; a worker of version 2 gets a start as version 1, with the boot state that it names.
CREATE OR REPLACE FUNCTION worker_read(p_token text, p_stream text) RETURNS TABLE (
  event_id uuid, stream text, version integer, type text, schema_version integer, data jsonb, correlation_id uuid,
  causation_id uuid, actor text, recorded_at timestamptz, xid xid8, "position" bigint, occurred_at timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_sheet jsonb := sheet_for_worker(worker_of_token(p_token), p_stream, 2147483647);
  v_old   boolean;
BEGIN
  IF v_sheet IS NULL THEN
    RETURN;
  END IF;
  SELECT contract_version < 3 INTO v_old FROM worker_presence WHERE host_id = v_sheet->>'hostId';
  RETURN QUERY SELECT e.event_id, e.stream, e.version, e.type,
                      CASE WHEN v_old AND e.type = 'RunStarted' THEN 1 ELSE e.schema_version END,
                      CASE WHEN v_old AND e.type = 'RunStarted' AND e.schema_version > 1 THEN e.data || jsonb_build_object(
                        'bootState', (SELECT b.data->'bootState' FROM events b
                                       WHERE b.stream = 'boot-state-' || (e.data->>'bootStateHash')))
                      ELSE e.data END,
                      e.correlation_id, e.causation_id, e.actor, e.recorded_at, e.xid, e.position, e.occurred_at
                 FROM events e WHERE e.stream = p_stream ORDER BY e.version;
END $$;
