// What each alert is tried on: changes to the short demo history, each in a transaction that is taken back.
import { alertRules } from '../rules.js';

/** A fleet in words, what makes it of a healthy one, and whether the alert fires. */
export interface AlertCase {
  fleet: string;
  fires: boolean;
  change: readonly string[];
}

const days = `'24 hours'::interval * floor(extract(epoch FROM now() - (SELECT max(ended_at) FROM runs)) / 86400)`;

/** Of the history, a healthy fleet: its last night is today or yesterday, and every worker was seen just now. */
export const healthy: readonly string[] = [
  // Far away and back: a day must not meet the next one on its way.
  `UPDATE daily_series SET day = day - interval '24000 hours'`,
  `UPDATE daily_series SET day = day + interval '24000 hours' + ${days}`,
  `UPDATE segments SET first_ended_at = first_ended_at + ${days}`,
  `UPDATE segments SET last_ended_at = last_ended_at + ${days}`,
  `UPDATE runs SET queued_at = queued_at + shift, started_at = started_at + shift, ended_at = ended_at + shift
     FROM (SELECT now() - interval '1 hour' - max(ended_at) AS shift FROM runs) AS by`,
  `UPDATE worker_presence SET seen_at = now()`,
  `UPDATE checkpoints SET updated_at = now()`,
];

const fires = (fleet: string, ...change: string[]): AlertCase => ({ fleet, fires: true, change });
const silent = (fleet: string, ...change: string[]): AlertCase => ({ fleet, fires: false, change });

const finding = (state: string, direction = 'up', kind = 'step') =>
  `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
     VALUES (gen_random_uuid(), 1, '${state}', '${direction}', '{h}', '{Zen 3}', now(), now(),
             '{"provenance": "measured", "probe": "pf", "metric": "u2k", "kind": "${kind}"}')`;

/** So many hosts more, as the Skylake. */
const like = (hosts: number): string[] =>
  ['daily_series', 'segments', 'hosts'].map(
    (table) => `INSERT INTO ${table} SELECT (jsonb_populate_record(one, jsonb_build_object('host_id', 'like-' || n))).*
                  FROM ${table} AS one, generate_series(1, ${hosts}) AS n WHERE host_id = (SELECT min(host_id) FROM hosts WHERE generation = 'Skylake-SP')`,
  );

/** Hosts under another kernel for four days, each slower by this factor than before. */
const underOtherKernel = (hosts: number, factor: number, since = 4): string[] => [
  ...like(hosts),
  `INSERT INTO boot_states SELECT 'other', boot_state || '{"kernelRelease": "6.1.999"}', first_seen_at, fields
     FROM boot_states AS b WHERE boot_state #>> '{cpu,generation}' = 'Skylake-SP'`,
  `UPDATE segments SET first_ended_at = now() - interval '20 days' WHERE host_id LIKE 'like-%'`,
  `INSERT INTO segments SELECT (jsonb_populate_record(s, jsonb_build_object('boot_state_hash', 'other',
          'first_ended_at', now() - interval '${since} days'))).* FROM segments AS s WHERE host_id LIKE 'like-%'`,
  `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('day', day - interval '10 days',
          'level_cycles', level_cycles / ${factor}))).* FROM daily_series AS d WHERE host_id LIKE 'like-%'`,
  `UPDATE daily_series SET boot_state_hash = 'other' WHERE host_id LIKE 'like-%' AND day > now() - interval '6 days'`,
];
const oneFaster = `UPDATE daily_series SET level_cycles = level_cycles / 1.2 WHERE host_id = 'like-1' AND boot_state_hash = 'other'`;

const off = (factor: number) =>
  `UPDATE daily_series SET level_cycles = level_cycles * ${factor}, level_ns = level_ns * ${factor} WHERE host_id = 'like-1'`;
const seen = (ago: string) => `UPDATE worker_presence SET seen_at = now() - interval '${ago}'`;
const outOfService = (state: string) =>
  `INSERT INTO host_service SELECT host_id, '${state}', now(), 'key:ann', 'new DIMMs', NULL FROM hosts`;
const earlier = (by: string) => `UPDATE runs SET ended_at = ended_at - interval '${by}'`;
const ofSize = (bytes: number) => [
  `CREATE FUNCTION public.pg_database_size(name) RETURNS bigint LANGUAGE sql AS 'SELECT ${bytes}'`,
  `SET LOCAL search_path = public, pg_catalog`,
];
/** Noted so long ago. */
const weighed = (bytes: number, ago: string) =>
  `INSERT INTO database_sizes VALUES (date_trunc('hour', now() - interval '${ago}', 'UTC'), ${bytes}, 0, 0)`;
const waiting = (since: string, started = false) =>
  `UPDATE runs SET state = ${started ? `CASE replicate WHEN 0 THEN 'started' ELSE 'queued' END` : `'queued'`},
          queued_at = now() - interval '${since}', started_at = NULL, ended_at = NULL`;

/** By the alert's name. */
export const alertCases: Readonly<Record<string, readonly AlertCase[]>> = {
  CrossingSlower: [
    fires('a finding towards slower is open', finding('open')),
    ...['suspected', 'not-confirmed', 'acknowledged', 'expected', 'muted', 'resolved', 'withdrawn'].map((state) =>
      silent(`a finding towards slower is ${state}`, finding(state)),
    ),
    silent('a finding towards faster is open', finding('open', 'down')),
    silent('a finding of noise is open', finding('open', 'up', 'noise')),
    silent('nothing was found'),
  ],
  KnownChange: [
    fires('six hosts have another kernel since four days, each 5 % slower', ...underOtherKernel(6, 1.05)),
    fires('twelve hosts, of which one is faster', ...underOtherKernel(12, 1.05), oneFaster),
    silent('six hosts, of which one is faster', ...underOtherKernel(6, 1.05), oneFaster),
    silent('five hosts, each 5 % slower', ...underOtherKernel(5, 1.05)),
    silent(
      'three hosts under two boot states of another kernel, each 5 % slower than the one before',
      ...underOtherKernel(3, 1.05),
      `INSERT INTO boot_states SELECT 'again', boot_state, first_seen_at, fields FROM boot_states WHERE boot_state_hash = 'other'`,
      `INSERT INTO segments SELECT (jsonb_populate_record(s, jsonb_build_object('boot_state_hash', 'again',
              'first_ended_at', now() - interval '2 days'))).* FROM segments AS s WHERE boot_state_hash = 'other'`,
      `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('boot_state_hash', 'again',
              'level_cycles', level_cycles * 1.05))).* FROM daily_series AS d WHERE boot_state_hash = 'other'`,
    ),
    silent('six hosts, each 0.5 % slower', ...underOtherKernel(6, 1.005)),
    silent('six hosts, each 5 % faster', ...underOtherKernel(6, 1 / 1.05)),
    silent('six hosts since 15 days, each 5 % slower', ...underOtherKernel(6, 1.05, 15)),
    silent(
      'six hosts with another CPU, each 5 % slower',
      ...underOtherKernel(6, 1.05),
      `UPDATE boot_states SET boot_state = jsonb_set(boot_state, '{cpu,name}', '"another"') WHERE boot_state_hash = 'other'`,
    ),
    silent('no boot state changed', ...like(6)),
  ],
  HostOutlier: [
    fires('one of seven hosts of a kind is 20 % slower', ...like(6), off(1.2)),
    fires('one of seven is 20 % faster', ...like(6), off(0.8)),
    silent('one of seven is 5 % slower', ...like(6), off(1.05)),
    silent('one of three is 20 % slower', ...like(2), off(1.2)),
    silent(
      'one of seven is 20 % slower, on two days',
      ...like(6),
      off(1.2),
      `DELETE FROM daily_series WHERE host_id = 'like-1' AND day = (SELECT max(day) FROM daily_series)`,
    ),
    silent(
      'one of seven takes 20 % more cycles, by a clock that is 20 % faster',
      ...like(6),
      `UPDATE daily_series SET level_cycles = level_cycles * 1.2, p50_cycles = p50_cycles * 1.2 WHERE host_id = 'like-1'`,
    ),
    silent('seven hosts are alike', ...like(6)),
  ],
  HostSilent: [
    fires('a worker was seen 20 minutes ago', seen('20 minutes')),
    fires('a month ago', seen('30 days')),
    silent('10 minutes ago', seen('10 minutes')),
    silent('20 minutes ago, and its host is draining', seen('20 minutes'), outOfService('draining')),
    silent('20 minutes ago, and its host is quarantined', seen('20 minutes'), outOfService('quarantined')),
    silent('20 minutes ago, and its host was removed', seen('20 minutes'), outOfService('removed')),
    silent('every worker was seen just now'),
  ],
  NoRuns: [
    fires('the last run was completed 37 hours ago', earlier('36 hours')),
    fires(
      'none was ever completed, and the first host registered 37 hours ago',
      `UPDATE runs SET state = 'failed'`,
      `UPDATE hosts SET registered_at = now() - interval '37 hours'`,
    ),
    silent('the last run was completed 35 hours ago', earlier('34 hours')),
    silent(
      'none was ever completed, and the first host registered an hour ago',
      `UPDATE runs SET state = 'failed'`,
      `UPDATE hosts SET registered_at = now() - interval '1 hour'`,
    ),
  ],
  LossShare: [
    fires('5 % of the last night’s faults lost their sample', `UPDATE runs SET lost = faults / 20`),
    silent('0.5 %', `UPDATE runs SET lost = faults / 200`),
    silent('5 %, two nights ago', `UPDATE runs SET lost = faults / 20`, earlier('48 hours')),
    silent('nothing was lost', `UPDATE runs SET lost = 0`),
  ],
  RunsFailing: [
    fires(
      'half of an executor’s runs failed',
      `UPDATE runs SET ended_at = now(), state = CASE WHEN replicate % 2 = 0 THEN 'failed' ELSE 'completed' END`,
    ),
    fires('all were abandoned', `UPDATE runs SET ended_at = now(), state = 'abandoned'`),
    silent(
      'a sixth failed',
      `UPDATE runs SET ended_at = now(), state = CASE replicate WHEN 0 THEN 'failed' ELSE 'completed' END`,
    ),
    silent(
      'four ended, and all failed',
      earlier('7 hours'),
      `UPDATE runs SET ended_at = now(), state = 'failed' WHERE run_id IN (SELECT run_id FROM runs ORDER BY 1 LIMIT 4)`,
    ),
    silent('all failed, seven hours ago', `UPDATE runs SET state = 'failed', ended_at = now() - interval '7 hours'`),
    silent('all were completed', `UPDATE runs SET ended_at = now(), state = 'completed'`),
  ],
  ProjectionStalled: [
    fires(
      'a read model is behind and has not moved for 20 minutes',
      `UPDATE checkpoints SET position = position - 5, updated_at = now() - interval '20 minutes' WHERE subscription = 'daily_series'`,
    ),
    silent(
      'it has not moved for five minutes',
      `UPDATE checkpoints SET position = position - 5, updated_at = now() - interval '5 minutes' WHERE subscription = 'daily_series'`,
    ),
    silent(
      'it is behind and moves',
      `UPDATE checkpoints SET position = position - 5 WHERE subscription = 'daily_series'`,
    ),
    silent('nothing has happened for 20 minutes', `UPDATE checkpoints SET updated_at = now() - interval '20 minutes'`),
  ],
  QueueStuck: [
    fires('runs have been queued for two hours', waiting('2 hours')),
    silent('for ten minutes', waiting('10 minutes')),
    silent('for two hours, and one is under way', waiting('2 hours', true)),
    silent('for two hours, and the worker is silent', waiting('2 hours'), seen('1 hour')),
    silent('for two hours, and the host is draining', waiting('2 hours'), outOfService('draining')),
    silent(
      'for two hours, and one ended ten minutes ago',
      waiting('2 hours'),
      `UPDATE runs SET state = 'completed', ended_at = now() - interval '10 minutes' WHERE replicate = 0`,
    ),
    silent('nothing is queued'),
  ],
  DatabaseGrowing: [
    fires('150 GB in three days', ...ofSize(150e9)),
    fires('170 GB in a year', ...ofSize(170e9), earlier('365 days')),
    silent('150 GB in five years', ...ofSize(150e9), earlier('1825 days')),
    silent('3 GB, and no run has ended yet', ...ofSize(3e9), `UPDATE runs SET ended_at = NULL`),
    silent('a few megabytes in three days'),
    fires(
      '150 GB in five years, 20 GB of it in the last week',
      ...ofSize(150e9),
      earlier('1825 days'),
      weighed(130e9, '7 days'),
    ),
    silent('150 GB in three days, of which 149 were there four weeks ago', ...ofSize(150e9), weighed(149e9, '27 days')),
    silent(
      '150 GB in five years, 60 GB less than a week ago',
      ...ofSize(150e9),
      earlier('1825 days'),
      weighed(210e9, '7 days'),
    ),
    silent(
      '150 GB in five years, 20 GB of it since an hour ago',
      ...ofSize(150e9),
      earlier('1825 days'),
      weighed(130e9, '1 hour'),
    ),
  ],
};

/** docs/alert-cases.md. */
export function truthTable(): string {
  const rows = alertRules.flatMap(({ name }) =>
    (alertCases[name] ?? []).map(({ fleet, fires: does }, at) => [
      ...[at === 0 ? `\`${name}\`` : '', fleet, does ? '**firing**' : 'silent'],
    ]),
  );
  const head = ['alert', 'the fleet', 'it is'];
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return `# When each alert fires

Written by \`npm run alerts:table\` from \`dashboards/alerts/testing/cases.ts\`. \`dashboards/alerts/alerts.int.spec.ts\` makes each of these
fleets of a healthy one, and asks the alert’s query as the reader. An empty database fires none.

${[line(head), line(widths.map((length) => '-'.repeat(length))), ...rows.map(line)].join('\n')}
`;
}
