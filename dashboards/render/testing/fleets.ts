// What is made of the short history, in a copy of its read model: fleets that a board must be able to show.
import type pg from 'pg';
import { contractVersion, everyMeasure } from '#contracts';
import { refold } from '../../testing/refold.js';

/**
 * Names that a board must show as they are: what SQL, Grafana's variables, formats and markup would take for their own. As long as the
 * contract allows.
 */
export const hostileName = `O'Brien $a \${provenance} {c} 100 % <b>bold</b> \\ 🙂 `.padEnd(255, 'x');

const everywhere = ['daily_series', 'run_results', 'runs', 'segments', 'host_noise', 'hosts'] as const;

export async function empty(admin: pg.Client): Promise<void> {
  for (const table of everywhere) await admin.query(`DELETE FROM ${table}`);
  await admin.query('DELETE FROM run_gaps');
  await refold(admin);
}

export async function oneHost(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ host: string }>('SELECT min(host_id) AS host FROM hosts');
  for (const table of everywhere) await admin.query(`DELETE FROM ${table} WHERE host_id <> $1`, [rows[0]?.host]);
  await admin.query(
    `INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version) SELECT host_id, worker_id, now(), $1 FROM hosts`,
    [contractVersion],
  );
  await refold(admin);
}

export async function outage(admin: pg.Client): Promise<void> {
  const when = `BETWEEN '2026-10-20' AND '2026-10-30'`;
  await admin.query(`DELETE FROM daily_series WHERE day ${when}`);
  for (const table of ['run_results', 'runs']) await admin.query(`DELETE FROM ${table} WHERE ended_at ${when}`);
  await refold(admin);
}

const dailyFigures = [
  ...['q1', 'p50', 'q3'].flatMap((name) => [`${name}_cycles`, `${name}_ns`]),
  ...['p5_cycles', 'p95_cycles', 'p99_cycles', 'level_cycles', 'level_ns'],
];
const changed = (names: readonly string[], factor: number) =>
  names.map((name) => `${name} = ${name} * ${factor}`).join(', ');

export async function plantedStep(admin: pg.Client): Promise<void> {
  const stepped = `(SELECT host_id FROM daily_series ORDER BY day DESC, host_id LIMIT 1)`;
  const host = `host_id = ${stepped}`;
  await admin.query(`UPDATE daily_series SET ${changed(dailyFigures, 1.25)} WHERE day >= '2026-11-10' AND ${host}`);
  const run = changed(['p5_cycles', 'p25_cycles', 'p50_cycles', 'p75_cycles', 'p95_cycles', 'p99_cycles'], 1.25);
  await admin.query(`UPDATE run_results SET ${run} WHERE ended_at >= '2026-11-10' AND ${host}`);
  for (const [state, verdict] of [
    ['open', 'slower'],
    ['acknowledged', 'slower'],
    ['suspected', null],
    ['resolved', 'equal'],
  ])
    await admin.query(
      `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
         VALUES (gen_random_uuid(), 1, $1, 'up', ARRAY[${stepped}], ARRAY['Skylake-SP'], '2026-11-10', '2026-11-10', $2)`,
      [
        state,
        JSON.stringify({
          ...{ provenance: 'simulated', probe: 'pf', metric: 'u2k', kind: 'step', ratio: 1.25 },
          interval: { low: 1.22, high: 1.28 },
          confirmation: verdict && { figures: { verdict, ratio: 1.25, interval: { low: 1.23, high: 1.27 } } },
        }),
      ],
    );
  await refold(admin);
}

export async function hostileNames(admin: pg.Client): Promise<void> {
  const said = JSON.stringify({ kernelRelease: hostileName, microcode: hostileName });
  for (const table of ['boot_states', 'hosts'])
    await admin.query(
      `UPDATE ${table} SET boot_state = jsonb_set(boot_state || $1, '{cpu,generation}', to_jsonb($2::text))
        WHERE boot_state #>> '{cpu,generation}' = (SELECT min(generation) FROM hosts)`,
      [said, hostileName],
    );
  // Double quotes are not Grafana's to ask for: the first panel says so.
  await admin.query(
    `UPDATE boot_states SET boot_state = boot_state || jsonb_build_object('kernelRelease', $1::text)
      WHERE generation = (SELECT max(generation) FROM hosts)`,
    ['6.1 "quoted"'],
  );
  await admin.query(
    `UPDATE runs SET failure = jsonb_build_object('code', $1::text, 'message', $1::text) WHERE failure IS NOT NULL`,
    [hostileName],
  );
  await admin.query(`UPDATE hosts SET labels = jsonb_build_object('rack', $1::text)`, [hostileName]);
  await admin.query('UPDATE run_gaps SET detail = $1', [hostileName]);
  await admin.query(
    `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
       SELECT gen_random_uuid(), 1, 'muted', 'up', ARRAY[min(host_id)], ARRAY[$1], '2026-11-10', '2026-11-10', $2 FROM hosts`,
    [
      hostileName,
      JSON.stringify({
        ...{ provenance: 'simulated', probe: 'pf', metric: 'u2k', kind: 'step', ratio: 1.25 },
        ...{ interval: { low: 1.22, high: 1.28 }, muted: { note: hostileName } },
      }),
    ],
  );
  await refold(admin);
}

const everyOther = `hashtext(host_id) % 2 = 0`;

/** Every host a second time as a guest; all that the catalogue has, measured; another set of mitigations in the last ten days. */
export async function guests(admin: pg.Client): Promise<void> {
  const guest = JSON.stringify({ virtualization: 'vm', hypervisor: 'KVM' });
  await admin.query(
    `INSERT INTO boot_states (boot_state_hash, boot_state, first_seen_at, fields)
       SELECT boot_state_hash || '-vm', boot_state || $1, first_seen_at, fields || '{"virt": "vm", "hypervisor": "KVM"}' FROM boot_states`,
    [guest],
  );
  const asGuest = `'host_id', one.host_id || '-vm', 'boot_state_hash', one.boot_state_hash || '-vm'`;
  const times = (factor: number) => dailyFigures.map((name) => `'${name}', one.${name} * ${factor}`).join(', ');
  await admin.query(
    `INSERT INTO daily_series SELECT (jsonb_populate_record(one, jsonb_build_object(${asGuest}, ${times(1.2)}))).* FROM daily_series AS one`,
  );
  await admin.query(
    `INSERT INTO segments SELECT (jsonb_populate_record(one, jsonb_build_object(${asGuest}, 'labels', one.labels || '{"virt": "vm"}'))).* FROM segments AS one`,
  );
  await admin.query(
    `INSERT INTO hosts SELECT (jsonb_populate_record(one, jsonb_build_object(${asGuest}, 'virtualization', 'vm', 'boot_state', one.boot_state || $1))).* FROM hosts AS one`,
    [guest],
  );
  // Beside each night's faults, what else there is: of a CPUID, a guest pays twenty times as much.
  for (const { probe, metric } of everyMeasure().filter((one) => one.probe !== 'pf'))
    for (const [where, factor] of [
      ['NOT LIKE', 1],
      ['LIKE', probe === 'cpuid_rt' ? 20 : 1.1],
    ] as const)
      await admin.query(
        `INSERT INTO daily_series SELECT (jsonb_populate_record(one, jsonb_build_object('probe', $1::text, 'metric', $2::text, ${times(factor)}))).*
           FROM daily_series AS one WHERE probe = 'pf' AND metric = 'u2k' AND host_id ${where} '%-vm'`,
        [probe, metric],
      );
  const mitigated = `'boot_state_hash', one.boot_state_hash || '-m'`;
  const since = `'2026-11-15'`;
  await admin.query(
    `INSERT INTO boot_states (boot_state_hash, boot_state, first_seen_at, fields)
       SELECT boot_state_hash || '-m', jsonb_set(boot_state, '{mitigations,retbleed}', '"Mitigation: IBPB"'), first_seen_at,
              fields || '{"mitigation.retbleed": "Mitigation-IBPB"}' FROM boot_states`,
  );
  await admin.query(
    `INSERT INTO segments SELECT (jsonb_populate_record(one, jsonb_build_object(${mitigated}, 'first_ended_at', ${since}))).*
       FROM segments AS one WHERE last_ended_at >= ${since}`,
  );
  await admin.query(
    `UPDATE daily_series SET boot_state_hash = boot_state_hash || '-m', ${changed(dailyFigures, 1.03)} WHERE day >= ${since}`,
  );
  await admin.query(
    `INSERT INTO run_stretches SELECT (jsonb_populate_record(one, '{"metric": "cpuid_rt"}')).* FROM run_stretches AS one WHERE metric = 'u2k'`,
  );
  // What a worker looks at before a run on a machine of its own.
  const looked = {
    noise: 'noisy',
    noiseReasons: 'CPU without isolcpus',
    noiseNotSet: 'turbo',
    pinnedCpu: '3',
    readerCpu: '0',
  };
  await admin.query(
    `UPDATE boot_states SET boot_state = jsonb_set(boot_state, '{extra}', (boot_state -> 'extra') || $1)`,
    [JSON.stringify(looked)],
  );
  await refold(admin);
}

/** What brings somebody to Operations: silent workers, hosts in quarantine, a full disk, runs that nobody starts, failures. */
export async function trouble(admin: pg.Client): Promise<void> {
  await admin.query(
    `INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version)
       SELECT host_id, worker_id, now() - CASE WHEN ${everyOther} THEN interval '40 minutes' ELSE interval '10 seconds' END, $1 FROM hosts`,
    [contractVersion],
  );
  await admin.query(
    `INSERT INTO host_service (host_id, state, since, actor, reason)
       SELECT host_id, (ARRAY['draining', 'quarantined', 'removed'])[n], '2026-11-20', 'ops', 'a fan is broken'
         FROM (SELECT host_id, row_number() OVER (ORDER BY host_id) AS n FROM hosts) AS host WHERE n <= 3`,
  );
  await admin.query(
    `INSERT INTO database_sizes SELECT hour, 4e9 + n * 2e6, 1e9 + n * 5e5, 2e9 + n * 1e6
       FROM generate_series(0, 1464) AS n, LATERAL (SELECT timestamptz '2026-09-26' + n * interval '1 hour') AS at (hour)`,
  );
  const newest = `run_id IN (SELECT run_id FROM runs ORDER BY ended_at DESC LIMIT 30)`;
  await admin.query(
    `UPDATE runs SET state = CASE replicate WHEN 0 THEN 'started' ELSE 'queued' END, queued_at = now() - interval '3 hours', ended_at = NULL WHERE ${newest}`,
  );
  await admin.query(`UPDATE runs SET started_at = NULL WHERE state = 'queued'`);
  await admin.query(
    `UPDATE runs SET state = 'failed', failure = '{"code": "executor-broken", "message": "the guest does not boot"}' WHERE state = 'completed' AND replicate = 1`,
  );
  await admin.query(
    `UPDATE checkpoints SET position = position - 40, updated_at = now() - interval '20 minutes' WHERE subscription = 'daily_series'`,
  );
  await admin.query(
    `INSERT INTO set_aside_streams (stream, version, type, reason, release) VALUES ('run-1', 3, 'RunEnded', 'a count below zero', '0.1.0')`,
  );
  await refold(admin);
  // Somebody who began to write and went away: this session, until it is closed.
  await admin.query('BEGIN');
  await admin.query('SELECT pg_current_xact_id(), pg_sleep(6)');
}

/** Hosts of a fleet, as many kernels as it takes to fill every legend. */
export async function threeHundredHosts(admin: pg.Client): Promise<void> {
  const kernels = 12;
  await admin.query(
    `INSERT INTO boot_states (boot_state_hash, boot_state, first_seen_at, fields)
       SELECT boot_state_hash || '-' || n, boot_state || jsonb_build_object('kernelRelease', '6.12.' || n || '-fleet'), first_seen_at, fields
         FROM boot_states, generate_series(0, ${kernels - 1}) AS n`,
  );
  const figures = ['p50_cycles', 'p50_ns', 'level_cycles', 'level_ns'].map(
    (name) => `'${name}', one.${name} * (1 + n * 0.001)`,
  );
  for (const [table, more] of [
    ['hosts', ''],
    ['segments', ''],
    ['host_noise', ''],
    ['daily_series', `, ${figures.join(', ')}`],
  ])
    await admin.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(one, jsonb_build_object('host_id', one.host_id || '-' || n,
              'boot_state_hash', (to_jsonb(one) ->> 'boot_state_hash') || '-' || n % ${kernels}${more}))).*
         FROM ${table} AS one, generate_series(1, 49) AS n`,
    );
  await refold(admin);
}
