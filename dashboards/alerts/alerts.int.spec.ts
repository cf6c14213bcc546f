// Every alert's query as the reader: data that fires it, data that does not, no data.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../test/postgres/fresh-database.js';
import { queryText, readQueries } from '../queries.js';
import { demoReadModel } from '../testing/demo-read-model.js';
import { seriesOf, type ResultColumn } from '../testing/grafana-frame.js';
import { alertRules } from './rules.js';

jest.setTimeout(120_000);

const kinds: Readonly<Record<number, ResultColumn['kind']>> = {
  [pg.types.builtins.TIMESTAMPTZ]: 'time',
  [pg.types.builtins.FLOAT8]: 'number',
  [pg.types.builtins.TEXT]: 'text',
};

const queries = readQueries(new URL('.', import.meta.url));
const days = `'24 hours'::interval * floor(extract(epoch FROM now() - (SELECT max(ended_at) FROM runs)) / 86400)`;

/** The demo's last night is today or yesterday, and every worker was seen just now. */
const fresh = [
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
/** Seven hosts as the Skylake. */
const like = ['daily_series', 'segments', 'hosts'].map(
  (table) => `INSERT INTO ${table} SELECT (jsonb_populate_record(one, jsonb_build_object('host_id', 'like-' || n))).*
                FROM ${table} AS one, generate_series(1, 6) AS n WHERE host_id = (SELECT min(host_id) FROM hosts WHERE generation = 'Skylake-SP')`,
);
const finding = (state: string, direction: string) =>
  `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
     VALUES (gen_random_uuid(), 1, '${state}', '${direction}', '{h}', '{Zen 3}', now(), now(),
             '{"provenance": "measured", "probe": "pf", "metric": "u2k", "kind": "step"}')`;

/** Six hosts under another kernel for four days, each 5 % slower than before. */
const slowerKernel = [
  ...like,
  `INSERT INTO boot_states SELECT 'other', boot_state || '{"kernelRelease": "6.1.999"}', first_seen_at, fields
     FROM boot_states AS b WHERE boot_state #>> '{cpu,generation}' = 'Skylake-SP'`,
  `UPDATE segments SET first_ended_at = now() - interval '20 days' WHERE host_id LIKE 'like-%'`,
  `INSERT INTO segments SELECT (jsonb_populate_record(s, jsonb_build_object('boot_state_hash', 'other',
          'first_ended_at', now() - interval '4 days'))).* FROM segments AS s WHERE host_id LIKE 'like-%'`,
  `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('day', day - interval '10 days',
          'level_cycles', level_cycles / 1.05))).* FROM daily_series AS d WHERE host_id LIKE 'like-%'`,
  `UPDATE daily_series SET boot_state_hash = 'other' WHERE host_id LIKE 'like-%' AND day > now() - interval '6 days'`,
];

/** What is done to a healthy fleet; the first makes the alert fire, the others do not. */
const cases: Record<string, { fires: string[]; not: string[][] }> = {
  CrossingSlower: {
    fires: [finding('open', 'up')],
    not: [
      [],
      ...['suspected', 'not-confirmed', 'acknowledged', 'expected', 'muted', 'resolved', 'withdrawn'].map((state) => [
        finding(state, 'up'),
      ]),
      [finding('open', 'down')],
    ],
  },
  KnownChange: {
    fires: slowerKernel,
    not: [
      [],
      like,
      [
        ...slowerKernel,
        `UPDATE daily_series SET level_cycles = level_cycles / 1.06 WHERE host_id = 'like-1' AND boot_state_hash = 'other'`,
      ],
      [...slowerKernel, `DELETE FROM daily_series WHERE host_id = 'like-1'`],
    ],
  },
  HostOutlier: {
    fires: [
      ...like,
      `UPDATE daily_series SET level_cycles = level_cycles * 1.2, level_ns = level_ns * 1.2 WHERE host_id = 'like-1'`,
    ],
    not: [
      [],
      like,
      // As long, by a clock of another rate.
      [
        ...like,
        `UPDATE daily_series SET level_cycles = level_cycles * 1.2, p50_cycles = p50_cycles * 1.2 WHERE host_id = 'like-1'`,
      ],
      [`UPDATE daily_series SET level_cycles = level_cycles * 1.2 WHERE host_id = (SELECT min(host_id) FROM hosts)`],
    ],
  },
  HostSilent: {
    fires: [`UPDATE worker_presence SET seen_at = now() - interval '20 minutes'`],
    not: [[], [`UPDATE worker_presence SET seen_at = now() - interval '30 days'`]],
  },
  NoRuns: { fires: [`UPDATE runs SET ended_at = ended_at - interval '2 days'`], not: [[]] },
  LossShare: { fires: [`UPDATE runs SET lost = faults / 20`], not: [[], [`UPDATE runs SET lost = 0`]] },
  RunsFailing: {
    fires: [`UPDATE runs SET ended_at = now(), state = CASE WHEN replicate % 2 = 0 THEN 'failed' ELSE 'completed' END`],
    not: [
      [],
      [`UPDATE runs SET ended_at = now(), state = 'completed'`],
      [`UPDATE runs SET state = 'failed', ended_at = now() - interval '7 hours'`],
    ],
  },
  ProjectionStalled: {
    fires: [
      `UPDATE checkpoints SET position = position - 5, updated_at = now() - interval '20 minutes' WHERE subscription = 'daily_series'`,
    ],
    not: [
      [],
      [`UPDATE checkpoints SET updated_at = now() - interval '20 minutes'`],
      [`UPDATE checkpoints SET position = position - 5 WHERE subscription = 'daily_series'`],
    ],
  },
  QueueStuck: {
    fires: [
      `UPDATE runs SET state = 'queued', queued_at = now() - interval '2 hours', started_at = NULL, ended_at = NULL`,
    ],
    not: [
      [],
      [
        `UPDATE runs SET state = 'queued', queued_at = now() - interval '10 minutes', started_at = NULL, ended_at = NULL`,
      ],
      [
        `UPDATE runs SET state = CASE WHEN replicate = 0 THEN 'started' ELSE 'queued' END, queued_at = now() - interval '2 hours', ended_at = NULL`,
      ],
      [
        `UPDATE runs SET state = 'queued', queued_at = now() - interval '2 hours', started_at = NULL, ended_at = NULL`,
        `UPDATE worker_presence SET seen_at = now() - interval '1 hour'`,
      ],
    ],
  },
  DatabaseGrowing: {
    fires: [
      `CREATE FUNCTION public.pg_database_size(name) RETURNS bigint LANGUAGE sql AS 'SELECT 150000000000'`,
      `SET LOCAL search_path = public, pg_catalog`,
    ],
    not: [[]],
  },
};

describe('the alerts', () => {
  let database: FreshDatabase;
  let empty: FreshDatabase;
  let admin: pg.Client;
  let reader: pg.Client;
  beforeAll(async () => {
    [database, empty] = await Promise.all([freshDatabase(), freshDatabase()]);
    await demoReadModel(database);
    admin = new pg.Client({ connectionString: database.adminUrl });
    reader = new pg.Client({ connectionString: empty.readerUrl });
    await Promise.all([admin.connect(), reader.connect()]);
  });
  afterAll(async () => {
    await Promise.all([admin.end(), reader.end()]);
    await Promise.all([database.drop(), empty.drop()]);
  });

  it('are all tested here', () => {
    expect(alertRules.map(({ name }) => name).sort()).toEqual(Object.keys(cases).sort());
  });

  for (const rule of alertRules) {
    const text = queryText(queries, rule.query, rule.parameters);
    /** Rows above the limit. */
    async function firing(client: pg.Client) {
      const { fields, rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
      const columns = fields.map(({ name, dataTypeID }) => ({ name, kind: kinds[dataTypeID] ?? 'other' }) as const);
      expect([columns[0], columns.at(-1)]).toEqual([
        { name: 'time', kind: 'time' },
        { name: 'value', kind: 'number' },
      ]);
      seriesOf('time_series', columns, rows);
      return rows.filter((row) => Number(row.at(-1)) > rule.above);
    }
    async function firingAfter(statements: readonly string[]) {
      await admin.query('BEGIN');
      try {
        for (const statement of [...fresh, ...statements]) await admin.query(statement);
        await admin.query('SET LOCAL ROLE xf_reader');
        return await firing(admin);
      } finally {
        await admin.query('ROLLBACK');
      }
    }
    const { fires = [], not = [] } = cases[rule.name] ?? {};
    it(`${rule.name} fires on data that call for it, and names what its summary names`, async () => {
      const rows = await firingAfter(fires);
      expect(rows.length).toBeGreaterThan(0);
    });
    it.each(not.map((statements, at) => [at, statements] as const))(
      `${rule.name} is silent: %d`,
      async (_, statements) => {
        expect(await firingAfter(statements)).toEqual([]);
      },
    );
    it(`${rule.name} is silent on an empty fleet`, async () => {
      expect(await firing(reader)).toEqual([]);
    });
    it(`${rule.name} asks for the labels that its summary has`, async () => {
      const { fields } = await reader.query({ text, rowMode: 'array' });
      const labels = [...rule.summary.matchAll(/\.Labels\.(\w+)/g)].map(([, label]) => label);
      expect(fields.map(({ name }) => name)).toEqual(expect.arrayContaining(labels));
    });
  }
});
