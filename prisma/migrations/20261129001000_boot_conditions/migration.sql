-- What boards group and match by, beside each boot state: taken out of its JSON, of about 2 kB and compressed, a board of 1,370 hosts spent
-- 100 ms to 2.5 s a panel on it (`npm run bench:boards -- --runs 1000000`). PostgreSQL keeps them; nobody writes them.

-- Names and states of a boot state's mitigations as one text; null of none.
CREATE FUNCTION boot_mitigations(boot_state jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(one.key || ': ' || one.value, ', ' ORDER BY one.key) FROM jsonb_each_text(boot_state -> 'mitigations') AS one
$$;
-- Of those, what costs something: without Meltdown's, which is KPTI.
CREATE FUNCTION boot_mitigations_but_kpti(boot_state jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(one.key || ': ' || one.value, ', ' ORDER BY one.key) FROM jsonb_each_text(boot_state -> 'mitigations') AS one
   WHERE one.key <> 'meltdown' AND one.value <> 'Not affected'
$$;

ALTER TABLE boot_states
  ADD COLUMN generation text NOT NULL GENERATED ALWAYS AS (coalesce(boot_state #>> '{cpu,generation}', 'unknown')) STORED,
  ADD COLUMN year integer GENERATED ALWAYS AS (CASE WHEN boot_state #>> '{cpu,year}' ~ '^[0-9]{1,9}$' THEN (boot_state #>> '{cpu,year}')::integer END) STORED,
  ADD COLUMN virtualization text NOT NULL GENERATED ALWAYS AS (coalesce(boot_state ->> 'virtualization', 'unknown')) STORED,
  ADD COLUMN hypervisor text NOT NULL GENERATED ALWAYS AS (coalesce(boot_state ->> 'hypervisor', 'none')) STORED,
  ADD COLUMN kernel text NOT NULL GENERATED ALWAYS AS (coalesce(boot_state ->> 'kernelRelease', 'unknown')) STORED,
  -- on, off or unknown.
  ADD COLUMN kpti text NOT NULL GENERATED ALWAYS AS (CASE boot_state ->> 'kpti' WHEN 'true' THEN 'on' WHEN 'false' THEN 'off' ELSE 'unknown' END) STORED,
  ADD COLUMN demo boolean NOT NULL GENERATED ALWAYS AS (boot_state #> '{extra,demo}' IS NOT NULL) STORED,
  -- Whose microcode it is.
  ADD COLUMN model text NOT NULL GENERATED ALWAYS AS (
    ltrim(coalesce('-' || (boot_state #>> '{cpu,vendor}'), '') || coalesce('-' || (boot_state #>> '{cpu,family}'), '')
          || coalesce('-' || (boot_state #>> '{cpu,model}'), '') || coalesce('-' || (boot_state #>> '{cpu,stepping}'), ''), '-')) STORED,
  ADD COLUMN microcode text NOT NULL GENERATED ALWAYS AS (coalesce(boot_state ->> 'microcode', '?')) STORED,
  -- What else can be set and may change a crossing's cost.
  ADD COLUMN settings text NOT NULL GENERATED ALWAYS AS (
    'smt ' || coalesce(boot_state ->> 'smt', '?') || ', turbo ' || coalesce(boot_state ->> 'turbo', '?')
    || ', governor ' || coalesce(boot_state ->> 'governor', '?') || ', hypervisor ' || coalesce(boot_state ->> 'hypervisor', '?')) STORED,
  ADD COLUMN mitigations text GENERATED ALWAYS AS (boot_mitigations(boot_state)) STORED,
  ADD COLUMN mitigations_but_kpti text GENERATED ALWAYS AS (boot_mitigations_but_kpti(boot_state)) STORED;

-- The newest runs under a boot state, without reading them all: of a side's runs the boards ask for some of each host.
DROP INDEX runs_of_boot_state;
CREATE INDEX runs_of_boot_state ON runs (boot_state_hash, ended_at DESC);
