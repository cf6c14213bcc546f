import type pg from 'pg';
import { bootFieldsOf, deriveLabels, jobSpecSchema, reachedAs, type BootState } from '#contracts';
import { parserVersion } from '#dmesg';
import { Prisma } from '#event-store';
import { hashBootState } from '#lifecycle';
import { LogHistogram } from '#stats';
import { insertCells } from '../apps/coordinator/src/projections/daily-cells.table.js';
import { insertEndings } from '../apps/coordinator/src/projections/ended-runs.table.js';
import { insertLevels } from '../apps/coordinator/src/projections/monthly-levels.table.js';
import { checkpointOf } from '../apps/coordinator/src/projections/projection.js';
import { projections } from '../apps/coordinator/src/projections/projections.js';
import { bootStateOf } from '../test/fleet/hosts.js';

const generations = ['Haswell-EP', 'Broadwell-EP', 'Skylake-SP', 'Cascade-Lake', 'Ice-Lake', 'Zen-2', 'Zen-3', 'Zen-4'];
const capabilities = [{ executor: 'patched-host', probes: ['pf'], provenance: 'measured' }];
/** As that of 1,000 samples around 440 cycles. */
const histogram = Buffer.from(
  LogHistogram.of(Array.from({ length: 1_000 }, (_, i) => 420 + Math.round((i % 97) ** 1.5 / 20))).toBytes(),
);
/** Hosts of a job; the last night has one over all of them. */
const hostsPerJob = 1_000;

export const hostName = (i: number): string => `host-${i}`;

/** A tenth of the hosts. */
const isGuest = (i: number): boolean => i % 10 === 9;
const virtualization = `CASE WHEN i % 10 = 9 THEN 'vm' ELSE 'bare' END`;

/** A machine's boot state under one of two kernels, about 2 kB, as real ones are: no two hosts share one. */
function bootOf(i: number, which: 0 | 1): BootState {
  const mitigations = [
    'meltdown',
    'mds',
    'retbleed',
    'spectre_v1',
    'spectre_v2',
    'srbds',
    'taa',
    'l1tf',
    'mmio_stale_data',
  ];
  return {
    ...bootStateOf(generations[i % generations.length] ?? ''),
    ...(isGuest(i) ? { virtualization: 'vm', hypervisor: 'kvm' } : {}),
    microcode: `0x${40 + (i % 100)}`,
    kernelRelease: which === 0 ? '6.1.0-28-amd64' : '6.12.6-amd64',
    kernelCommandLine: `BOOT_IMAGE=/vmlinuz root=UUID=${String(i).padStart(36, '0')} ro quiet isolcpus=3`,
    kpti: i % 2 === 0,
    mitigations: Object.fromEntries(
      mitigations.map((name) => [name, 'Mitigation: something of a usual length; SMT vulnerable']),
    ),
    extra: { board: `Board-${i % 20}`, bios: `2.${i % 9}.0`, pinnedCpu: '3' },
  };
}

/** What SQL then multiplies: a row a host, both boot states beside it. */
async function fillFleet(client: pg.Client, hosts: number): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE fleet (i integer PRIMARY KEY, host_id text, labels jsonb[], hashes text[], generation text)`,
  );
  for (let from = 0; from < hosts; from += 500) {
    const rows = Array.from({ length: Math.min(500, hosts - from) }, (_, at) => {
      const i = from + at;
      const boots = [bootOf(i, 0), bootOf(i, 1)];
      const labels = boots.map((boot) => deriveLabels(hostName(i), { rack: `r${i % 500}` }, boot, 'measured'));
      const states = boots.map((boot) => ({ hash: hashBootState(boot), boot, fields: bootFieldsOf(boot) }));
      return { i, hostId: hostName(i), labels, states, generation: boots[0]?.cpu.generation };
    });
    await client.query(
      `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t (i integer, "hostId" text, labels jsonb, states jsonb, generation text)),
            states AS (
              INSERT INTO boot_states (boot_state_hash, boot_state, first_seen_at, fields)
                SELECT s ->> 'hash', s -> 'boot', now() - interval '1 year', s -> 'fields' FROM given, jsonb_array_elements(states) s),
            registered AS (
              INSERT INTO hosts (host_id, worker_id, labels, capabilities, boot_state, boot_state_hash, generation, virtualization, registered_at, changed_at)
                SELECT "hostId", 'w' || i / 100, labels -> 1, $2::jsonb, states #> '{1,boot}', states #>> '{1,hash}', generation, ${virtualization}, now() - interval '1 year', now()
                  FROM given),
            present AS (
              INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version) SELECT "hostId", 'w' || i / 100, now(), 1 FROM given)
       INSERT INTO fleet SELECT i, "hostId", ARRAY[labels -> 0, labels -> 1], ARRAY[states #>> '{0,hash}', states #>> '{1,hash}'], generation FROM given`,
      [JSON.stringify(rows), JSON.stringify(capabilities)],
    );
    const names = new Map(
      rows.flatMap(({ labels, states }) =>
        [...labels, ...states.map(({ fields }) => fields)].flatMap((all, at) =>
          Object.entries(all).map(
            ([name, value]) => [`${name}=${value}`, [at < 2 ? reachedAs(name) : name, value]] as const,
          ),
        ),
      ),
    );
    const of = (at: 0 | 1): string[] => [...names.values()].map((pair) => pair[at] ?? '');
    await client.query(`INSERT INTO label_values SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`, [
      of(0),
      of(1),
    ]);
  }
}

/** Of a hundred runs one loses samples, of two hundred one fails. A host is measured once a night, all of them within six hours; from the middle on under the second kernel. */
const nightsSql = `
  CREATE TEMP TABLE planned AS
    SELECT uuidv7(ended_at - clock_timestamp()) AS run_id, job, n, i, ended_at, which, draw % 200 = 0 AS failed, CASE WHEN draw % 100 = 1 THEN 64 ELSE 0 END AS lost
      FROM (SELECT n, i, abs(hashtext(n || '/' || i)) AS draw, date_trunc('day', now(), 'UTC') - (n - 1) * interval '24 hours' - interval '23 hours' + i * interval '2 seconds' AS ended_at,
                   CASE WHEN n = 1 THEN 0 ELSE n * 1000 + i / ${hostsPerJob} END AS job, CASE WHEN n * 2 > $2::integer THEN 1 ELSE 2 END AS which
              FROM generate_series($2::integer, 1, -1) n, generate_series(0, $1::integer - 1) i) AS nights`;

const jobsSql = `
  CREATE TEMP TABLE job_ids AS
    SELECT job, uuidv7(min(ended_at) - interval '5 minutes' - clock_timestamp()) AS job_id, min(ended_at) AS began, max(ended_at) AS ended, count(*)::integer AS runs,
           count(*) FILTER (WHERE failed)::integer AS failures, coalesce(sum(lost) FILTER (WHERE NOT failed), 0)::integer AS losses
      FROM planned GROUP BY job;
  CREATE UNIQUE INDEX ON job_ids (job)`;

const fillSql: readonly string[] = [
  `INSERT INTO jobs (job_id, spec, body_hash, submitted_by, correlation_id, submitted_at, state, outcome, ended_at, runs_total, tally)
     SELECT job_id, $1::jsonb, repeat('0', 64), 'bench', gen_random_uuid(), began - interval '5 minutes', 'ended', 'completed', ended, runs,
            jsonb_build_array(jsonb_build_object('state', 'completed', 'runs', runs - failures, 'samples', (runs - failures) * 10000 - losses, 'lost', losses),
                              jsonb_build_object('state', 'failed', 'runs', failures, 'samples', 0, 'lost', 0)) FROM job_ids`,
  `INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, attempt, stream_version, worker_id, provenance, labels, boot_state_hash,
                     faults, queued_at, started_at, ended_at, samples, lost, failure, parser_version, samples_version, boot_id)
     SELECT run_id, job_id, host_id, 'patched-host', 'pf', i, 0, CASE WHEN failed THEN 'failed' ELSE 'completed' END, 1, 4, 'w' || i / 100, 'measured', labels[which], hashes[which],
            10000, began - interval '4 minutes', ended_at - interval '2 seconds', ended_at, CASE WHEN failed THEN 0 ELSE 10000 - lost END, CASE WHEN failed THEN 0 ELSE lost END,
            CASE WHEN failed THEN '{"code": "timeout", "message": "it took too long", "remedy": "look at the host"}'::jsonb END, $1::integer, $1::integer, md5(host_id || which)
       FROM planned JOIN fleet USING (i) JOIN job_ids USING (job)`,
  `INSERT INTO run_gaps (event_id, run_id, attempt, reason, detail, lost_samples, raw_from, raw_to, occurred_at)
     SELECT gen_random_uuid(), run_id, 1, 'sample-gap', 'numbers jump', lost, 0, 100, ended_at FROM planned WHERE lost > 0`,
  `INSERT INTO run_results (run_id, metric, job_id, host_id, generation, virtualization, provenance, executor, probe, ended_at, samples, invalid, interrupted,
                            min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles, max_cycles, mean_cycles, tsc_khz, histogram,
                            step_cycles, below_p50, at_p50)
     SELECT run_id, metric, job_id, host_id, generation, ${virtualization}, 'measured', 'patched-host', 'pf', ended_at, 10000, 0, 0,
            380, 390, 395, 400 + level, 430, 450, 500, 9001, 410, 2300000, $1, 1, 4900, 200
       FROM planned JOIN fleet USING (i) JOIN job_ids USING (job), unnest(ARRAY['u2k', 'k2u']) AS metric, LATERAL (SELECT abs(hashtext(run_id::text)) % 20 AS level) AS drawn
      WHERE NOT failed`,
  `INSERT INTO daily_series (day, host_id, boot_state_hash, executor, probe, metric, provenance, runs, samples, q1_cycles, p50_cycles, q3_cycles,
                             q1_ns, p50_ns, q3_ns, histogram, level_cycles, level_ns, run_sd, p5_cycles, p95_cycles, p99_cycles)
     SELECT date_trunc('day', ended_at, 'UTC'), host_id, hashes[which], 'patched-host', 'pf', metric, 'measured', 1, 10000, p, p, p, p / 2.3, p / 2.3, p / 2.3,
            $1, p, p / 2.3, NULL, 390, 450, 500
       FROM planned JOIN fleet USING (i), unnest(ARRAY['u2k', 'k2u']) AS metric, LATERAL (SELECT (400 + abs(hashtext(run_id::text)) % 20)::float8 AS p) AS drawn
      WHERE NOT failed ORDER BY ended_at`,
  `INSERT INTO segments (host_id, executor, provenance, boot_state_hash, labels, first_ended_at, last_ended_at)
     SELECT host_id, 'patched-host', 'measured', hashes[which], labels[which], min(ended_at), max(ended_at)
       FROM planned JOIN fleet USING (i) WHERE NOT failed GROUP BY host_id, hashes[which], labels[which]`,
  `INSERT INTO host_noise (host_id, executor, probe, metric, provenance, runs, boots, days, within_run_sd, run_sd, run_degrees, boot_sd, boot_degrees, day_sd, day_degrees)
     SELECT host_id, 'patched-host', 'pf', metric, 'measured', 100, 2, 100, 0.02, 0.01, 90, 0.005, 1, 0.003, 9 FROM fleet, unnest(ARRAY['u2k', 'k2u']) AS metric`,
  `INSERT INTO events (event_id, xid, stream, version, type, schema_version, data, correlation_id, actor, recorded_at, occurred_at)
     SELECT uuidv7(moment - clock_timestamp()), (3 + $1::integer - n)::text::xid8, 'run-' || run_id, version, type, schema_version, data, gen_random_uuid(), 'bench', moment, moment
       FROM (SELECT n, run_id, ended_at, version, type, schema_version, data, ended_at - (3 - version) * interval '1 second' AS moment
               FROM planned JOIN fleet USING (i) JOIN job_ids USING (job), LATERAL (VALUES
                 (1, 'RunQueued', 1, jsonb_build_object('runId', run_id, 'jobId', job_id, 'hostId', host_id, 'attempt', 1, 'executor', 'patched-host', 'probe', 'pf',
                   'replicate', 0, 'faults', 10000, 'warmup', 1000, 'timeoutMs', 60000, 'priority', 'normal', 'seed', 1)),
                 (2, 'RunStarted', 2, jsonb_build_object('runId', run_id, 'attempt', 1, 'workerId', 'w' || i / 100, 'nonce', '0badf00d', 'provenance', 'measured',
                   'pinnedCpu', 3, 'bootId', md5(host_id || which), 'labels', labels[which], 'bootStateHash', hashes[which]))) AS event (version, type, schema_version, data)
              ORDER BY ended_at) AS told`,
];

/** Whether the database was filled before. */
export async function isFilled(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ filled: boolean }>(`SELECT to_regclass('bench_filled') IS NOT NULL AS filled`);
  return rows[0]?.filled === true;
}

/** As the migration filled it that made the table. */
export const monthsSql = `
  INSERT INTO series_months
    SELECT probe, metric, date_trunc('month', day, 'UTC') AS month, host_id, boot_state_hash, executor, provenance,
           bit_or(1 << (extract(day FROM day AT TIME ZONE 'UTC')::integer - 1)),
           string_agg(int4send(runs) || float8send(p50_cycles) || float8send(coalesce(p50_ns, 'NaN')), '' ORDER BY day),
           string_agg(float8send(q1_cycles) || float8send(q3_cycles) || float8send(coalesce(q1_ns, 'NaN')) || float8send(coalesce(q3_ns, 'NaN')), '' ORDER BY day)
      FROM daily_series GROUP BY probe, metric, month, host_id, boot_state_hash, executor, provenance`;

/** What boards read, made of all days at once as the fold makes it of some. */
export async function fillRollups(client: pg.Client): Promise<void> {
  await client.query('ANALYZE daily_series; ANALYZE boot_states; ANALYZE runs');
  const everyDay = Prisma.sql`SELECT DISTINCT day, host_id, boot_state_hash, executor, provenance FROM daily_series`;
  const everyEnding = Prisma.sql`SELECT DISTINCT provenance, date_trunc('hour', ended_at, 'UTC') AS hour, host_id FROM runs WHERE ended_at IS NOT NULL`;
  for (const { text, values } of [insertCells(everyDay), insertLevels(everyDay), ...insertEndings(everyEnding)])
    await client.query(text, values);
}

/**
 * Says of each projection that this release filled it from all events. Of a database that was kept too: what a later version needs its
 * migration has made, and a coordinator would refill it from events that are not all there.
 */
export async function standAsFilled(client: pg.Client): Promise<void> {
  for (const projection of projections) {
    const { name, version, reads } = projection;
    await client.query(
      `INSERT INTO checkpoints (subscription, xid, position) SELECT $1, coalesce(max(xid), '0')::text, coalesce(max(position), 0) FROM events
         ON CONFLICT (subscription) DO UPDATE SET xid = excluded.xid, position = excluded.position`,
      [checkpointOf(projection)],
    );
    await client.query(
      `INSERT INTO projections (name, version, read_generation) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET version = $2, read_generation = $3`,
      [name, version, reads ? 0 : null],
    );
  }
}

const tables = [
  'jobs',
  'runs',
  'run_gaps',
  'run_results',
  'daily_series',
  'series_months',
  'monthly_levels',
  'daily_cells',
  'ended_runs',
  'lost_samples',
  'queue_waits',
  'host_runs',
  'run_stretches',
  'run_lines',
  'segments',
  'host_noise',
  'events',
];

/**
 * Fills the read models' tables with rows, as projections would have made them of so many runs, by SQL: through the store it
 * would take a day. Of each run's events there are those that the API reads, RunQueued and RunStarted; samples are none. Secondary
 * indexes are made behind the rows.
 *
 * @param events left out where nothing reads them: they take as long as all else
 */
export async function fillHistory(
  client: pg.Client,
  { hosts, nights, events = true }: { hosts: number; nights: number; events?: boolean },
): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; sql: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS sql FROM pg_index
      WHERE indrelid = ANY(SELECT t::regclass FROM unnest($1::text[]) t) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [tables],
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  await client.query(
    `SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'`,
  );
  await fillFleet(client, hosts);
  await client.query(nightsSql, [hosts, nights]);
  await client.query(jobsSql);
  await client.query('ANALYZE planned; ANALYZE fleet; ANALYZE job_ids');
  const spec = jobSpecSchema.parse({ selector: '*', name: 'nightly', runsPerHost: 1, seed: 1 });
  const given = (sql: string): unknown[] => {
    if (!sql.includes('$1')) return [];
    if (sql.startsWith('INSERT INTO jobs')) return [JSON.stringify(spec)];
    if (sql.startsWith('INSERT INTO runs')) return [parserVersion];
    return [sql.startsWith('INSERT INTO events') ? nights : histogram];
  };
  for (const sql of fillSql.filter((one) => events || !one.startsWith('INSERT INTO events'))) {
    const began = performance.now();
    await client.query(sql, given(sql));
    process.stderr.write(`${sql.slice(0, 30).split(' (')[0]}: ${Math.round((performance.now() - began) / 1_000)} s\n`);
  }
  await client.query(monthsSql);
  for (const { sql } of indexes) await client.query(sql);
  await fillRollups(client);
  await standAsFilled(client);
  await client.query('CREATE TABLE bench_filled ()');
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
}
