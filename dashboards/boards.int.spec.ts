// Every query of every board on a demo's read model, through the login that Grafana uses.
import { storyOf } from '#demo-history';
import { compareLevels, enoughDegrees, levelOfKind, noiseGrade, tQuantile } from '#stats';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { projections } from '../apps/coordinator/src/projections/projections.js';
import { freshDatabase, type FreshDatabase } from '../test/postgres/fresh-database.js';
import { boardFiles } from './boards.js';
import type { Format } from './postgres-query.js';
import { readQueries } from './queries.js';
import { readable } from './stand-ins.js';
import { seriesOf, type ResultColumn } from './testing/grafana-frame.js';
import { expandMacros, expandVariables, type QueryRange, type VariableValues } from './testing/grafana-sql.js';
import { demo, demoHosts, demoRange as range, demoReadModel } from './testing/demo-read-model.js';
import { refold } from './testing/refold.js';

interface BoardJson {
  title: string;
  panels: { title: string; targets?: { refId: string; format: Format; rawSql: string }[] }[];
  templating: { list: { name: string; type: string; query: string }[] };
  annotations?: { list?: { name: string; target?: { rawSql?: string } }[] };
}
interface Query {
  name: string;
  format: Format;
  sql: string;
}

const boards = [...boardFiles(readQueries(new URL('queries/', import.meta.url))).values()].map(
  (text) => JSON.parse(text) as BoardJson,
);
const queries: Query[] = boards.flatMap(({ title, panels, templating }) => [
  ...templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({ name: `${title}: variable ${name}`, format: 'table' as const, sql: query })),
  ...panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ refId, format, rawSql }) => ({
      name: `${title}: ${panel.title} ${refId}`,
      format,
      sql: rawSql,
    })),
  ),
]);

const marks: Query[] = boards.flatMap(({ title, annotations }) =>
  (annotations?.list ?? []).flatMap(({ name, target }) =>
    target?.rawSql === undefined ? [] : [{ name: `${title}: ${name}`, format: 'table' as const, sql: target.rawSql }],
  ),
);

/** Queries that say what can be drawn; the others draw it. */
const drawing = queries.filter(({ name }) => !name.includes('Choices that do not exist'));

/** A variable without anything to choose offers that: Grafana takes no row for a fault. */
const isVariable = ({ name }: Query): boolean => name.includes(': variable ');
/** These have a choice without any data, too. */
const always: Readonly<Record<string, string>> = { provenance: 'measured', unit: 'cycles', ...readable(boards) };
const nothingOf = ({ name }: Query): unknown[] => {
  const variable = name.split(': variable ')[1];
  return variable === undefined ? [] : [[always[variable] ?? 'none']];
};

/**
 * What three nights of three unlike hosts under one boot state each don't have; tested with what it takes below. `Latest` has rows of all
 * states; a run without losses is chosen.
 */
const nothingHere = [
  'Trends: The last 7 days',
  'Trends: Highest host above lowest',
  'Trends: Boot states that changed',
  'Mitigations and kernels: ',
  'Operations: Runs that wait',
  'Operations: Database over time',
  'Operations: Who holds',
  'Regressions: ',
  'Run: Losses',
  'Run: Preflight',
  'Run: round trip',
];
const isQuiet = (query: Query): boolean =>
  !isVariable(query) &&
  (/ (?:cycles|weeks|months)$/.test(query.name) ||
    query.name.includes('What can’t be read') ||
    nothingHere.some((start) => query.name.startsWith(start)));
/** Of the fleet as a machine, whatever the provenance, and on an empty fleet, too. */
const ofTheFleet = ['Operations: Database ·', 'Operations: Read models', 'Operations: Who holds'];
const isOfTheFleet = ({ name }: Query): boolean => ofTheFleet.some((start) => name.startsWith(start));

jest.setTimeout(120_000);

const skylake = 'Skylake-SP / bare / simulator / 6.1.170-xperf / KPTI off / demo';
const kernel = '6.1.170-xperf';
const guest = 'Cascade Lake / vm / simulator / 6.1.170-xperf / KPTI unknown / demo';
const here = 'Zen 3 / bare / stock-host / 6.1.170-xperf / KPTI off / demo';
const simulated: VariableValues = {
  ...readable(boards),
  provenance: 'simulated',
  probe: 'pf',
  metric: 'u2k',
  noise: 'all hosts',
  unit: 'ns',
  kernel: [kernel],
  kpti: ['off', 'unknown'],
  group: [skylake, guest],
  a: skylake,
  b: guest,
  host: demoHosts.skylake,
  run: '',
  console: 'http://localhost:3000',
};
const measured: VariableValues = { ...simulated, provenance: 'measured', metric: 'pf_rt', group: [here] };

/** Nights of the demo, as days begin in UTC. */
const nights = [23, 24, 25].map((day) => new Date(Date.UTC(2026, 10, day)));
const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) / 2
  );
};

const kinds: Readonly<Record<number, ResultColumn['kind']>> = {
  [pg.types.builtins.TIMESTAMPTZ]: 'time',
  [pg.types.builtins.INT4]: 'number',
  [pg.types.builtins.INT8]: 'number',
  [pg.types.builtins.FLOAT8]: 'number',
  [pg.types.builtins.NUMERIC]: 'number',
  [pg.types.builtins.TEXT]: 'text',
};

describe('the boards on the read model', () => {
  let database: FreshDatabase;
  let empty: FreshDatabase;
  let admin: pg.Client;
  let grafana: pg.Client;
  let grafanaOnEmpty: pg.Client;
  /** The medians of runs, each with the midnight before. */
  let runs: { runId: string; hostId: string; metric: string; p50: number; p5: number; tscKhz: number; day: Date }[];

  beforeAll(async () => {
    [database, empty] = await Promise.all([freshDatabase(), freshDatabase()]);
    await demoReadModel(database);
    admin = new pg.Client({ connectionString: database.adminUrl });
    grafana = new pg.Client({ connectionString: database.readerUrl });
    grafanaOnEmpty = new pg.Client({ connectionString: empty.readerUrl });
    await Promise.all([admin.connect(), grafana.connect(), grafanaOnEmpty.connect()]);
    const found = await admin.query<(typeof runs)[number]>(
      `SELECT run_id::text AS "runId", host_id AS "hostId", metric, p50_cycles AS p50, p5_cycles AS p5, tsc_khz AS "tscKhz",
              date_trunc('day', ended_at, 'UTC') AS day FROM run_results`,
    );
    runs = found.rows;
  });
  afterAll(async () => {
    await Promise.all([admin.end(), grafana.end(), grafanaOnEmpty.end()]);
    await Promise.all([database.drop(), empty.drop()]);
  });

  const p50sOf = (hostId: string, metric = 'u2k', day?: Date): number[] =>
    runs
      .filter((run) => run.hostId === hostId && run.metric === metric && (day === undefined || +run.day === +day))
      .map(({ p50 }) => p50);
  const nsOf = (hostId: string, metric = 'u2k', day?: Date): number =>
    median(
      runs
        .filter((run) => run.hostId === hostId && run.metric === metric && (day === undefined || +run.day === +day))
        .map(({ p50, tscKhz }) => (p50 / tscKhz) * 1e6),
    );

  async function run(
    { sql, format }: Query,
    values: VariableValues,
    client: pg.Client = grafana,
    hostile: string | null = null,
    asked: QueryRange = range,
  ) {
    const text = expandMacros(expandVariables(sql, values), asked);
    if (hostile === null) expect(text).not.toContain('$');
    const { fields, rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
    const columns = fields.map(({ name, dataTypeID }) => ({ name, kind: kinds[dataTypeID] ?? ('other' as const) }));
    return { columns: columns.map(({ name }) => name), rows, series: seriesOf(format, columns, rows) };
  }

  /** What a query gives after these statements, which are taken back. */
  async function under(
    statements: readonly (string | [text: string, values: unknown[]])[],
    look: (ask: (query: Query, values: VariableValues, hostile?: string) => ReturnType<typeof run>) => Promise<void>,
  ): Promise<void> {
    await admin.query('BEGIN');
    try {
      for (const statement of statements)
        await (typeof statement === 'string' ? admin.query(statement) : admin.query(...statement));
      await refold(admin);
      await admin.query('SET LOCAL ROLE xf_reader');
      await look((query, values, hostile) => run(query, values, admin, hostile ?? null));
    } finally {
      await admin.query('ROLLBACK');
    }
  }

  const find = (name: string): Query => {
    const found = [...queries, ...marks].find((query) => query.name.startsWith(name));
    if (found === undefined) throw new Error(`no query ${name}`);
    return found;
  };

  it.each(drawing.map((query) => [query.name, query] as const))(
    '%s gives rows that Grafana can draw',
    async (_, query) => {
      const { rows } = await run(query, { ...simulated, run: runs[0]?.runId ?? '' });
      expect({ none: rows.length === 0 }).toEqual({ none: isQuiet(query) });
    },
  );

  it.each(queries.filter((query) => !isOfTheFleet(query)).map((query) => [query.name, query] as const))(
    '%s gives nothing on an empty fleet',
    async (_, query) => {
      const none = { ...simulated, probe: [], metric: [], kernel: [], kpti: [], group: [], a: [], b: [], host: [] };
      expect((await run(query, none, grafanaOnEmpty)).rows).toEqual(nothingOf(query));
      expect((await run(query, none)).rows.length).toBeGreaterThanOrEqual(0);
    },
  );

  const ofOneProvenance = drawing.filter(
    (query) => !isOfTheFleet(query) && !query.name.endsWith('variable provenance'),
  );
  it.each(ofOneProvenance.map((query) => [query.name, query] as const))(
    '%s gives nothing for emulated: there is none',
    async (_, query) => {
      expect((await run(query, { ...simulated, provenance: 'emulated' })).rows).toEqual(nothingOf(query));
    },
  );

  it('offers what may be pooled, and begins a comparison with two different ones of like kernel and KPTI state', async () => {
    expect((await run(find('Trends: variable group'), simulated)).rows).toEqual([[guest], [skylake]]);
    expect((await run(find('Compare generations: variable a'), simulated)).rows[0]).toEqual([guest]);
    const b = find('Compare generations: variable b');
    expect((await run(b, simulated)).rows).toEqual([[guest], [skylake]]);
    expect((await run(b, { ...simulated, a: guest })).rows).toEqual([[skylake], [guest]]);
    await under(
      [
        `UPDATE boot_states SET boot_state = boot_state || '{"kpti": false}'`,
        [
          `UPDATE daily_series SET provenance = 'simulated', probe = 'pf', metric = 'u2k' WHERE host_id = $1 AND metric = 'pf_rt'`,
          [demoHosts.here],
        ],
      ],
      async (ask) => {
        const like = guest.replace('unknown', 'off');
        expect((await ask(b, { ...simulated, a: like })).rows).toEqual([[here], [skylake], [like]]);
      },
    );
    expect((await run(find('Compare generations: variable metric'), simulated)).rows).toEqual([['u2k'], ['k2u']]);
  });

  it('draws a daily median line for each of them, of the asked metric only', async () => {
    const query = find('Trends: Median over time');
    const { columns, rows, series } = await run(query, simulated);
    expect(columns).toEqual(['time', 'metric', 'p50']);
    expect(series).toEqual([guest, skylake]);
    expect(rows).toEqual(
      nights.flatMap((night) => [
        [night, guest, expect.closeTo(nsOf(demoHosts.guest, 'u2k', night), 9)],
        [night, skylake, expect.closeTo(nsOf(demoHosts.skylake, 'u2k', night), 9)],
      ]),
    );
    const out = (await run(query, { ...simulated, metric: 'k2u' })).rows[0];
    expect(out).toEqual([nights[0], guest, expect.closeTo(nsOf(demoHosts.guest, 'k2u', nights[0]), 9)]);
  });

  it('shows what was looked at before a run', async () => {
    const { hostId, runId } = runs.find((one) => one.hostId === demoHosts.skylake) as (typeof runs)[number];
    const looked = JSON.stringify({ noise: 'noisy', noiseReasons: 'load', pinnedCpu: '3' });
    await under(
      [
        [
          `UPDATE boot_states SET boot_state = jsonb_set(boot_state, '{extra}', $1) WHERE boot_state_hash = (SELECT boot_state_hash FROM hosts WHERE host_id = $2)`,
          [looked, hostId],
        ],
      ],
      async (ask) =>
        expect((await ask(find('Run: Preflight'), { ...simulated, run: runId })).rows).toEqual([
          ['verdict', 'noisy'],
          ['what disturbed', 'load'],
          ['CPU of the measuring program', '3'],
        ]),
    );
  });

  it('keeps a measured figure out of a simulated board and the other way round', async () => {
    const query = find('Trends: Median over time');
    const asMeasured = { ...measured, probe: 'pf_rt', metric: 'pf_rt' };
    const [probe] = (await run(find('Trends: variable probe'), measured)).rows[0] as [string];
    const [metric] = (await run(find('Trends: variable metric'), { ...measured, probe })).rows[0] as [string];
    const those = { ...asMeasured, probe, metric };
    expect((await run(query, those)).series).toEqual([here]);
    expect((await run(query, { ...those, provenance: 'simulated' })).series).toEqual([]);
    expect((await run(query, { ...simulated, provenance: 'measured' })).rows).toEqual([]);
  });

  it('draws bands of bare names, on which fillBelowTo depends', async () => {
    const inCycles = { ...simulated, unit: 'cycles' };
    const cycles = (start: string): Query => {
      const found = queries.find(({ name }) => name.startsWith(start) && name.endsWith(' cycles'));
      if (found === undefined) throw new Error(`no ${start} in cycles`);
      return found;
    };
    const both = await run(cycles('Compare generations: Both bands'), inCycles);
    expect(both.series).toEqual(['a', 'b'].flatMap((side) => ['p5', 'p50', 'p95', 'p99'].map((q) => `${side} ${q}`)));
    const { columns, series, rows } = await run(cycles('Generation → host: Band'), inCycles);
    expect(columns).toEqual(['time', 'p5', 'p50', 'p95', 'p99']);
    expect(series).toEqual(['p5', 'p50', 'p95', 'p99']);
    const [time, p5, p50, p95, p99] = rows[0] as [Date, number, number, number, number];
    expect([time, p50]).toEqual([nights[0], median(p50sOf(demoHosts.skylake, 'u2k', nights[0]))]);
    expect(both.rows[0]?.slice(0, 3)).toEqual([time, p5, p50]);
    expect([p5 < p50, p50 < p95, p95 <= p99]).toEqual([true, true, true]);
    const [, , ns] = (await run(find('Generation → host: Band'), simulated)).rows[0] as [Date, number, number];
    expect(ns).toBeCloseTo(nsOf(demoHosts.skylake, 'u2k', nights[0]), 9);
    // Only the chosen unit gives rows.
    expect((await run(cycles('Generation → host: Band'), simulated)).rows).toEqual([]);
    expect((await run(find('Generation → host: Band'), inCycles)).rows).toEqual([]);
  });

  it('shows one run, and nothing of what is no run', async () => {
    const id = runs.find(({ hostId }) => hostId === demoHosts.skylake)?.runId ?? '';
    const facts = find('Run: The run');
    expect((await run(facts, { ...simulated, run: id })).rows.map(([host]) => host)).toEqual([demoHosts.skylake]);
    for (const other of ['', "x'; SELECT 1", id.slice(1), `${id}\n`])
      expect((await run(facts, { ...simulated, run: other })).rows).toEqual([]);
    const quantiles = (await run(find('Run: Distribution'), { ...simulated, run: id })).rows;
    const p50Of = (metric: string) => runs.find((one) => one.runId === id && one.metric === metric)?.p50;
    expect(quantiles.map(([metric, , , , , , , p50]) => [metric, p50])).toEqual([
      ['k2u', p50Of('k2u')],
      ['u2k', p50Of('u2k')],
    ]);
  });

  it('shows how a run went on, with what it lost as a gap, and how its log begins', async () => {
    const { rows: found } = await admin.query<{ id: string; lost: number; faults: number }>(
      `SELECT run_id::text AS id, lost::integer, faults FROM runs WHERE lost > 0 AND state = 'completed'`,
    );
    const [damaged] = found;
    const { columns, rows } = await run(find('Run: pf u2k over'), { ...simulated, run: damaged?.id ?? '' });
    expect(columns).toEqual(['fault', 'median', 'p95']);
    expect(rows.map(([fault]) => fault)).toEqual([0, 32, 64, 96, 128, 160, 192]);
    // A line of 64 samples is missing, which is two stretches.
    expect([damaged?.lost, rows.filter(([, median]) => median === null).length]).toEqual([64, 2]);
    for (const [, median, p95] of rows) if (median !== null) expect(p95 as number).toBeGreaterThan(median as number);
    const lines = (await run(find('Run: First lines'), { ...simulated, run: damaged?.id ?? '' })).rows;
    expect(lines[0]).toEqual([
      1,
      expect.stringMatching(/xperf: magic=0x19940619 v=1 run=[0-9a-f]{8} begin probe=pf faults=200 /),
    ]);
    expect(lines).toHaveLength(4);
  });

  describe('never pool', () => {
    const medians = find('Trends: Median over time');
    const bootOf = (hostId: string) => `(SELECT boot_state_hash FROM hosts WHERE host_id = '${hostId}')`;
    /** The Skylake's last night under another kernel, with KPTI. */
    const rebooted = [
      `INSERT INTO boot_states SELECT 'other', boot_state || '{"kernelRelease": "6.1.178-xperf", "kpti": true}', first_seen_at, fields
         FROM boot_states AS b WHERE boot_state_hash = ${bootOf(demoHosts.skylake)}`,
      `UPDATE daily_series SET boot_state_hash = 'other' WHERE host_id = '${demoHosts.skylake}' AND day = '2026-11-25T00:00Z'`,
      `UPDATE runs SET boot_state_hash = 'other' WHERE host_id = '${demoHosts.skylake}' AND ended_at > '2026-11-25T00:00Z'`,
    ];
    const after = 'Skylake-SP / bare / simulator / 6.1.178-xperf / KPTI on / demo';
    /** The guest's figures as those of a second host like the Skylake, with a run a night where that has six. */
    const second = [
      `UPDATE daily_series SET boot_state_hash = ${bootOf(demoHosts.skylake)}, runs = 1 WHERE host_id = '${demoHosts.guest}'`,
      `UPDATE runs SET boot_state_hash = ${bootOf(demoHosts.skylake)} WHERE host_id = '${demoHosts.guest}'`,
    ];

    it('kernels and KPTI states', async () => {
      await under(rebooted, async (ask) => {
        const group = [skylake, after];
        const both = { ...simulated, kernel: [kernel, '6.1.178-xperf'], kpti: ['off', 'on', 'unknown'] };
        expect((await ask(find('Trends: variable group'), both)).rows).toEqual([[guest], [skylake], [after]]);
        const { rows } = await ask(medians, { ...simulated, group });
        expect(rows.map(([time, cell]) => [time, cell])).toEqual(
          nights.map((night, at) => [night, at < 2 ? skylake : after]),
        );
        const sides = await ask(find('Compare generations: Sides'), { ...simulated, b: after });
        expect(sides.rows.map(([side, cell, , , of]) => [side, cell, of])).toEqual([
          ['a', skylake, p50sOf(demoHosts.skylake).length - p50sOf(demoHosts.skylake, 'u2k', nights[2]).length],
          ['b', after, p50sOf(demoHosts.skylake, 'u2k', nights[2]).length],
        ]);
        const all = await ask(find('Compare generations: All against a'), simulated);
        const known = all.rows.map((row) => [
          row[0],
          row[all.columns.indexOf('to a')],
          row[all.columns.indexOf('why no interval')],
        ]);
        expect(known).toContainEqual([skylake, 1, 'a itself']);
        expect(known).toContainEqual([after, null, 'kernel, KPTI or executor is not a’s']);
      });
    });

    it('hosts: each weighs the same, however many runs it has', async () => {
      await under(second, async (ask) => {
        const { rows } = await ask(medians, { ...simulated, group: [skylake] });
        expect(rows).toEqual(
          nights.map((night) => [
            ...[night, skylake],
            expect.closeTo(median([demoHosts.skylake, demoHosts.guest].map((host) => nsOf(host, 'u2k', night))), 9),
          ]),
        );
      });
      const fewer = `DELETE FROM run_results WHERE host_id = '${demoHosts.guest}' AND ended_at > '2026-11-24T00:00Z'`;
      await under([...second, fewer], async (ask) => {
        const [sides] = (await ask(find('Compare generations: Sides'), { ...simulated, b: 'none' })).rows;
        const ofGuest = median(p50sOf(demoHosts.guest, 'u2k', nights[0]));
        expect(sides?.[7]).toBeCloseTo(median([median(p50sOf(demoHosts.skylake)), ofGuest]), 9);
      });
    });
  });

  it('sums up the fleet as the story tells it', async () => {
    const { columns, rows } = await run(find('Operations: Totals'), simulated);
    expect(columns).toEqual([
      ...['hosts', 'completed runs', 'failed or abandoned runs', 'succeeded', 'samples', 'faults lost'],
    ]);
    const { mishaps } = storyOf(demo) as { mishaps: { losses: { lines: number }[]; failures: object[] } };
    expect([mishaps.losses.length, mishaps.failures.length]).toEqual([1, 1]);
    // Two hosts, six runs each a night; a line holds 64 samples. A run or two may have rejected a fault.
    const completed = 2 * 6 * nights.length - 1;
    const lost = 64 * (mishaps.losses[0]?.lines ?? 0);
    expect(rows).toEqual([
      ['2', String(completed), '1', completed / (completed + 1), expect.any(Number), lost / (completed * 200)],
    ]);
    const samples = rows[0]?.[4] as number;
    expect([samples <= completed * 200 - lost, samples > completed * 200 - lost - 5]).toEqual([true, true]);
  });

  it('counts ended runs by state and lost samples by reason, an hour a bar', async () => {
    const ended = await run(find('Operations: Ended runs'), simulated);
    expect(ended.columns).toEqual(['time', 'metric', 'runs']);
    expect(ended.series.sort()).toEqual(['completed', 'failed']);
    const losses = find('Operations: Lost samples');
    const { columns, rows } = await run(losses, simulated);
    expect(columns).toEqual(['time', 'metric', 'lost samples']);
    expect(rows.map(([, reason, lost]) => [reason, lost])).toEqual([
      ['record-gap', 0],
      ['sample-gap', 64],
    ]);
    // The gap of a superseded attempt is not counted.
    await under([`UPDATE runs SET attempt = 2 WHERE lost > 0`], async (ask) =>
      expect((await ask(losses, simulated)).rows).toEqual([]),
    );
  });

  it('counts the same of roll-ups as of runs, one by one', async () => {
    const day = 86_400_000;
    const put = (what: string, host: string, night: number) =>
      `UPDATE runs SET ${what} WHERE host_id = '${host}' AND ended_at BETWEEN '2026-11-${23 + night}' AND '2026-11-${24 + night}'`;
    const changed = [
      put(`state = 'failed', failure = '{"code": "timeout"}'`, demoHosts.guest, 0),
      put(`ended_at = ended_at - interval '40 days', started_at = queued_at + interval '7 s'`, demoHosts.guest, 1),
      put(
        `lost = 3, queued_at = started_at - ('x' || left(md5(run_id::text), 4))::bit(16)::integer * interval '1 ms'`,
        demoHosts.skylake,
        2,
      ),
    ];
    const spans = [
      { from: new Date('2026-11-24T15:00:00Z'), to: new Date('2026-11-25T20:00:00Z'), wait: 'hour', whole: 0 },
      { from: new Date('2026-11-22T00:00:00Z'), to: new Date('2026-11-26T12:00:00Z'), wait: 'hour', whole: day },
      { from: new Date('2026-10-15T06:00:00Z'), to: new Date('2026-11-24T03:00:00Z'), wait: 'day', whole: day },
    ];
    await under(changed, async () => {
      for (const { from, to, wait, whole } of spans) {
        const asked = { ...range, from, to };
        const one = async (name: string) =>
          (await run(find(`Operations: ${name}`), simulated, admin, null, asked)).rows;
        const [first, end] =
          whole === 0
            ? [from, to]
            : [Math.floor(+from / whole) * whole, (Math.floor(+to / whole) + 1) * whole].map((ms) => new Date(ms));
        const among = `FROM runs WHERE provenance = 'simulated' AND ended_at >= $1 AND ended_at < $2`;
        const { rows: ended } = await admin.query<{
          state: string;
          host: string;
          samples: string;
          lost: string;
          faults: number;
        }>(`SELECT state, host_id AS host, samples, lost, faults ${among}`, [first, end]);
        const completed = ended.filter(({ state }) => state === 'completed');
        const sum = (of: (one: (typeof ended)[number]) => unknown) =>
          completed.reduce((all, one) => all + Number(of(one)), 0);
        const [totals] = await one('Totals');
        expect(totals?.map(Number)).toEqual([
          ...[new Set(completed.map(({ host }) => host)).size, completed.length, ended.length - completed.length],
          ...[completed.length / ended.length, sum(({ samples }) => samples)],
          expect.closeTo(sum(({ lost }) => lost) / sum(({ faults }) => faults), 12),
        ]);
        const ofHosts = (await one('Hosts that serve')).map((row) => [row[0], Number(row[6])]);
        expect(ofHosts).toEqual(
          [demoHosts.skylake, demoHosts.guest].map((host) => [
            host,
            completed.filter((one) => one.host === host).length,
          ]),
        );
        // Bars and points have whole hours, or days, at both ends.
        const unit = wait === 'day' ? day : 3_600_000;
        const { rows: waits } = await admin.query<{ time: Date; median: number; p95: number }>(
          `SELECT date_trunc($3, ended_at, 'UTC') AS time, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - queued_at)::float8) AS median,
                  percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - queued_at)::float8) AS p95
             ${among} AND started_at >= queued_at GROUP BY 1 ORDER BY 1`,
          [new Date(Math.floor(+from / unit) * unit), new Date((Math.floor(+to / unit) + 1) * unit), wait],
        );
        expect(await one('Wait')).toEqual(waits.map(({ time, median, p95 }) => [time, median, p95]));
        const { rows: bars } = await admin.query<{ hour: Date; state: string; runs: string }>(
          `SELECT date_trunc('hour', ended_at, 'UTC') AS hour, state, count(*) AS runs ${among} GROUP BY 1, 2 ORDER BY 1, 2`,
          [
            new Date(Math.floor(+from / 3_600_000) * 3_600_000),
            new Date((Math.floor(+to / 3_600_000) + 1) * 3_600_000),
          ],
        );
        expect((await one('Ended runs')).map(([time, ...rest]) => [Number(time), ...rest])).toEqual(
          bars.map(({ hour, state, runs }) => [+hour / 1_000, state, Number(runs)]),
        );
        expect((await one('Failures')).map(([time, , runs]) => [Number(time), runs])).toEqual(
          bars.filter(({ state }) => state === 'failed').map(({ hour, runs }) => [+hour / 1_000, Number(runs)]),
        );
      }
    });
  });

  it('lists runs with losses and hosts', async () => {
    const withLosses = await run(find('Operations: Runs with losses'), simulated);
    expect(withLosses.columns).toEqual([
      'time',
      'host',
      'probe',
      'state',
      'faults',
      'samples',
      'lost',
      'rejected',
      'damaged lines',
      'run',
    ]);
    expect(withLosses.rows).toHaveLength(1);
    const hosts = await run(find('Operations: Hosts that serve'), simulated);
    expect(hosts.columns).toEqual([
      'host',
      'generation',
      'virtualization',
      'kernel',
      'microcode',
      'KPTI',
      'completed runs',
      'noise',
      'state',
      'last seen',
    ]);
    expect(hosts.rows.map((row) => row.slice(0, 7))).toEqual([
      [demoHosts.skylake, 'Skylake-SP', 'bare', '6.1.170-xperf', '0x10', 'off', '17'],
      [demoHosts.guest, 'Cascade Lake', 'vm', '6.1.170-xperf', null, 'unknown', '18'],
    ]);
  });

  it('counts hosts by state, those out of service among them', async () => {
    const query = find('Operations: Hosts by state');
    const { columns, rows } = await run(query, simulated);
    expect(columns).toEqual(['online', 'silent', 'never heard of', 'draining', 'quarantined', 'removed']);
    expect(rows).toEqual([[0, 2, 0, 0, 0, 0]]);
    const changed = `INSERT INTO host_service VALUES ('${demoHosts.guest}', 'quarantined', now(), 'ops', 'noise')`;
    await under([changed], async (ask) => {
      expect((await ask(query, simulated)).rows).toEqual([[0, 1, 0, 0, 1, 0]]);
    });
  });

  it('draws what the database weighed, of long ranges the highest of each day', async () => {
    const query = find('Operations: Database over time');
    const sizes = `INSERT INTO database_sizes VALUES ('2026-11-23T22:00Z', 30, 20, 10), ('2026-11-23T23:00Z', 33, 21, 11), ('2026-11-24T00:00Z', 36, 22, 12)`;
    await under([sizes], async (ask) => {
      const hour = (at: string) => new Date(`2026-11-${at}Z`);
      expect((await ask(query, simulated)).rows).toEqual([
        [hour('23T22:00'), 30, 20, 10],
        [hour('23T23:00'), 33, 21, 11],
        [hour('24T00:00'), 36, 22, 12],
      ]);
      const year = { ...range, from: new Date('2025-11-26T00:00Z') };
      expect((await run(query, simulated, admin, null, year)).rows).toEqual([
        [hour('23T22:00'), 33, 21, 11],
        [hour('24T00:00'), 36, 22, 12],
      ]);
    });
  });

  it('names who holds the read models back, as the reader', async () => {
    const query = find('Operations: Who holds');
    expect((await run(query, simulated)).columns).toEqual(['session', 'login', 'application', 'database', 'since']);
    const holder = new pg.Client({ connectionString: database.coordinatorUrl, application_name: 'a backup' });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT pg_current_xact_id()');
      const { rows: own } = await holder.query<object>(
        `SELECT pg_backend_pid() AS pid, session_user::text AS login, current_database()::text AS database, now() AS since`,
      );
      const { rows } = await grafana.query<object>(
        `SELECT pid, login, database, since FROM feed_holders() WHERE application = 'a backup'`,
      );
      expect(rows).toEqual(own);
    } finally {
      await holder.end();
    }
    await expect(grafana.query('SELECT watch_sessions()')).rejects.toThrow('permission denied');
  });

  it('draws the share of runs that succeeded, by the hour in which they ended', async () => {
    const query = find('Operations: Runs that succeeded');
    const hours = `UPDATE runs SET ended_at = timestamptz '2026-11-24T05:00Z' + replicate * interval '10 minutes', state = CASE replicate WHEN 0 THEN 'failed' ELSE 'completed' END`;
    const { rows: counts } = await admin.query<{ failed: string; all: string }>(
      `SELECT count(*) FILTER (WHERE replicate = 0) AS failed, count(*) AS all FROM runs WHERE provenance = 'simulated'`,
    );
    const { failed = '0', all = '0' } = counts[0] ?? {};
    expect(Number(failed)).toBeGreaterThan(0);
    await under([hours], async (ask) =>
      expect((await ask(query, simulated)).rows).toEqual([
        [String(Date.UTC(2026, 10, 24, 5) / 1000), expect.closeTo(1 - Number(failed) / Number(all), 12)],
      ]),
    );
    await under([`UPDATE runs SET state = 'failed'`], async (ask) =>
      expect(new Set((await ask(query, simulated)).rows.map(([, share]) => share))).toEqual(new Set([0])),
    );
  });

  describe.each<[string, string, Record<string, string[]> | readonly string[]]>([
    [
      'the login may read nothing',
      'REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM xf_reader',
      boards.map(({ title }) => title),
    ],
    [
      'tables are not there',
      'DROP TABLE findings, ended_runs CASCADE',
      {
        Trends: ['The last 7 days against the 28 before'],
        Regressions: ['Open', 'Acknowledged, muted, expected', 'Suspected', 'Over'],
        Operations: ['Totals', 'Ended runs', 'Runs that succeeded', 'Failures by reason'],
      },
    ],
    [
      'columns are not there',
      'ALTER TABLE run_lines DROP COLUMN lines; ALTER TABLE host_service RENAME COLUMN state TO mode',
      {
        Run: ['First lines'],
        Operations: ['Hosts by state', 'Hosts that serve runs', 'Runs that wait or are under way'],
      },
    ],
    [
      'a function may not be called',
      'REVOKE EXECUTE ON FUNCTION feed_holders FROM xf_reader',
      { Operations: ['Who holds the read models back'] },
    ],
    [
      'what a choice is made of is not there',
      'ALTER TABLE host_noise DROP COLUMN run_sd CASCADE; ALTER TABLE boot_states RENAME COLUMN kpti TO isolation',
      boards.map(({ title }) => title).filter((title) => !['Run', 'Regressions'].includes(title)),
    ],
  ])('where %s', (_, broken, told) => {
    it('a text that Grafana can draw stands in for what PostgreSQL would refuse, and for nothing else', async () => {
      await admin.query('BEGIN');
      try {
        await admin.query(broken);
        await admin.query('SET LOCAL ROLE xf_reader');
        const found: Record<string, string[]> = {};
        for (const { title, panels, templating, annotations } of boards) {
          const values: Record<string, string> = { ...(simulated as Record<string, string>) };
          const ask = async (sql: string) => {
            const { rows, fields } = await admin.query<unknown[]>({
              text: expandMacros(expandVariables(sql, values), range),
              rowMode: 'array',
            });
            return { rows, columns: fields.map(({ name }) => name) };
          };
          for (const { name, type, query } of templating.list) {
            if (type !== 'query') continue;
            const choices = (await ask(query)).rows.map(([choice]) => String(choice));
            values[name] = choices[0] ?? '';
          }
          for (const { title: panel, targets = [] } of panels)
            for (const { rawSql, format } of targets) {
              const { rows, columns } = await ask(rawSql);
              const [name = ''] = panel.split(' · ');
              if (columns.join().includes('can’t be read')) {
                found[title] = [...(found[title] ?? []), name];
                expect(rows).toHaveLength(1);
              }
              if (format === 'time_series') expect(columns).toContain('time');
            }
          const { rows } = await ask(
            panels.find(({ title: name }) => name.startsWith('What can’t'))!.targets![0]!.rawSql,
          );
          expect({ title, explained: rows.length > 0 }).toEqual({ title, explained: found[title] !== undefined });
          for (const { target } of annotations?.list ?? [])
            if (target?.rawSql !== undefined) expect((await ask(target.rawSql)).rows.length).toBeGreaterThanOrEqual(0);
        }
        expect(told instanceof Array ? Object.keys(found) : found).toEqual(told);
      } finally {
        await admin.query('ROLLBACK');
      }
    });
  });

  it('flags hosts above the noise limit in Compare, beside traps and in Operations', async () => {
    const flagged = async (
      ask: (query: Query, values: VariableValues) => ReturnType<typeof run>,
    ): Promise<unknown[]> => {
      const counts: number[] = [];
      for (const name of [
        'Compare generations: Sides',
        'Compare generations: All against a',
        'Virtualization tax: All',
      ]) {
        const { columns, rows } = await ask(find(name), simulated);
        counts.push(rows.reduce((sum, row) => sum + Number(row[columns.indexOf('noisy hosts')]), 0));
      }
      const { columns, rows } = await ask(find('Operations: Hosts that serve'), simulated);
      return [...counts, rows.map((row) => row[columns.indexOf('noise')])];
    };
    const noise = (runSd: number): string =>
      `UPDATE host_noise SET run_sd = ${runSd}, boot_sd = NULL, day_sd = NULL, run_degrees = 9`;
    const skylakeOnly = `${noise(0.031)} WHERE host_id = '${demoHosts.skylake}'`;
    await under([noise(0.029)], async (ask) => expect(await flagged(ask)).toEqual([0, 0, 0, [null, null]]));
    await under([noise(0.029), skylakeOnly], async (ask) =>
      expect(await flagged(ask)).toEqual([1, 1, 1, ['grade D', null]]),
    );
  });

  it('compares run medians, not samples', async () => {
    const { columns, rows } = await run(find('Compare generations: Sides'), simulated);
    expect(columns).toEqual([
      'side',
      'generation',
      'hosts',
      'noisy hosts',
      'runs',
      'samples',
      'lowest run median',
      'median of host medians',
      'highest run median',
      'nanoseconds',
    ]);
    const side = (name: string, cell: string, host: string) => [
      ...[name, cell, Math.min(...p50sOf(host)), median(p50sOf(host)), Math.max(...p50sOf(host)), nsOf(host)],
    ];
    expect(rows.map(([name, cell, , , , , ...figures]) => [name, cell, ...figures])).toEqual([
      side('a', skylake, demoHosts.skylake),
      side('b', guest, demoHosts.guest),
    ]);
    const ratio = await run(find('Compare generations: b / a'), simulated);
    expect(ratio.columns).toEqual(['b / a']);
    expect(ratio.rows).toEqual([[nsOf(demoHosts.guest) / nsOf(demoHosts.skylake)]]);
  });

  it('gives no ratio of a side to itself, nor below five runs a side', async () => {
    const query = find('Compare generations: b / a');
    expect((await run(query, { ...simulated, b: skylake })).rows).toEqual([]);
    const left = (count: number) =>
      `DELETE FROM run_results WHERE metric = 'u2k' AND host_id = '${demoHosts.guest}' AND run_id NOT IN
        (SELECT run_id FROM run_results WHERE metric = 'u2k' AND host_id = '${demoHosts.guest}' ORDER BY ended_at LIMIT ${count})`;
    await under([left(4)], async (ask) => expect((await ask(query, simulated)).rows).toEqual([]));
    await under([left(5)], async (ask) => expect((await ask(query, simulated)).rows).toHaveLength(1));
  });

  describe('of runs that are no plain replicates', () => {
    const query = find('Compare generations: b / a');

    it('judge in nanoseconds where the clocks differ, and not at all where one is not known', async () => {
      await under([`UPDATE run_results SET tsc_khz = 2 * tsc_khz WHERE host_id = '${demoHosts.guest}'`], async (ask) =>
        expect((await ask(query, simulated)).rows).toEqual([
          [expect.closeTo(nsOf(demoHosts.guest) / 2 / nsOf(demoHosts.skylake), 9)],
        ]),
      );
      await under([`UPDATE run_results SET tsc_khz = NULL WHERE host_id = '${demoHosts.guest}'`], async (ask) =>
        expect((await ask(query, simulated)).rows).toEqual([]),
      );
    });

    it('count copies of a simulated run once', async () => {
      await under([`UPDATE runs SET seed = 7 WHERE provenance = 'simulated'`], async (ask) => {
        expect((await ask(query, simulated)).rows).toEqual([]);
        const distributions = queries.filter(
          ({ name }) => name.includes('Distribution of run') && name.endsWith(' ns'),
        );
        for (const one of distributions) expect((await ask(one, simulated)).rows).toHaveLength(1);
        const [night] = nights as [Date];
        const short = { ...range, from: night, to: new Date(+night + 86_400_000) };
        const { rows: newest } = await admin.query<{ hour: Date; ns: number }>(
          `SELECT DISTINCT ON (1) date_trunc('hour', ended_at, 'UTC') AS hour, p50_cycles / tsc_khz * 1e6 AS ns FROM run_results
            WHERE host_id = $1 AND metric = 'u2k' AND ended_at BETWEEN $2 AND $3 ORDER BY 1, ended_at DESC`,
          [demoHosts.skylake, short.from, short.to],
        );
        const { rows } = await run(
          find('Trends: Median over time'),
          { ...simulated, group: [skylake] },
          admin,
          null,
          short,
        );
        expect(rows.map(([time, , ns]) => [time, ns])).toEqual(
          newest.map(({ hour, ns }) => [hour, expect.closeTo(ns, 9)]),
        );
      });
    });
  });

  it.each([0.004, 0.006, 0.02, 0.031])('grades a host whose runs scatter by %d as the API does', async (runSd) => {
    const scatter = `UPDATE host_noise SET run_sd = ${runSd}, run_degrees = ${enoughDegrees}, boot_sd = NULL, boot_degrees = 0,
      day_sd = NULL, day_degrees = 0 WHERE host_id = '${demoHosts.skylake}'`;
    const grade = noiseGrade(runSd);
    await under([scatter], async (ask) => {
      const sides = await ask(find('Compare generations: Sides'), simulated);
      expect(sides.rows.map((row) => row[3])).toEqual([grade === 'D' ? '1' : '0', '0']);
      const [host] = (
        await ask(find('Generation → host: Hosts of its kind'), { ...simulated, host: demoHosts.skylake })
      ).rows;
      expect(host?.[2] === 'grade D').toBe(grade === 'D');
      const { rows } = await ask(find('Generation → host: How much'), { ...simulated, host: demoHosts.skylake });
      expect(rows.map((row) => row[3])).toEqual(rows.map(() => grade));
    });
    await under([`${scatter.replace(`run_degrees = ${enoughDegrees}`, 'run_degrees = 3')}`], async (ask) => {
      const { rows } = await ask(find('Generation → host: How much'), { ...simulated, host: demoHosts.skylake });
      expect(rows.map((row) => row[3])).toEqual(rows.map(() => null));
    });
  });

  it('sets hosts beside themselves under two kernels, and names what changed', async () => {
    const [host] = [demoHosts.skylake];
    const other = [
      `INSERT INTO boot_states SELECT 'other', boot_state || '{"kernelRelease": "6.1.178-xperf"}', first_seen_at, fields
         FROM boot_states AS b WHERE boot_state_hash = (SELECT boot_state_hash FROM hosts WHERE host_id = '${host}')`,
      // The same three days three days before, a tenth faster, under the old kernel; the new ones under another.
      `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('day', day - interval '3 days',
              'level_cycles', level_cycles / 1.1))).* FROM daily_series AS d WHERE host_id = '${host}'`,
    ];
    const rebooted = [
      `INSERT INTO segments SELECT (jsonb_populate_record(s, jsonb_build_object('boot_state_hash', 'other',
              'first_ended_at', '2026-11-23T00:00Z'))).* FROM segments AS s WHERE host_id = '${host}'`,
      `UPDATE segments SET first_ended_at = '2026-11-20T00:00Z' WHERE host_id = '${host}' AND boot_state_hash <> 'other'`,
      `UPDATE daily_series SET boot_state_hash = 'other' WHERE host_id = '${host}' AND day >= '2026-11-23T00:00Z'`,
    ];
    await under([...other, ...rebooted], async (ask) => {
      const { columns, rows } = await ask(find('Mitigations and kernels: Kernel'), simulated);
      expect(rows).toHaveLength(0);
      expect(columns).toContain('ratio');
    });
    const longer = { ...range, from: new Date('2026-11-19T00:00:00Z') };
    await under([...other, ...rebooted], async () => {
      const ask = async (query: Query) =>
        (
          await admin.query<unknown[]>({
            text: expandMacros(expandVariables(query.sql, simulated), longer),
            rowMode: 'array',
          })
        ).rows;
      const [pair] = await ask(find('Mitigations and kernels: Kernel'));
      expect(pair?.slice(0, 4)).toEqual([
        'Skylake-SP / bare / simulator / KPTI off / demo',
        '6.1.170-xperf',
        '6.1.178-xperf',
        '1',
      ]);
      // Each day beside its own copy: the ratio is what was planted. One host has no interval.
      expect(pair?.slice(5, 8)).toEqual([expect.closeTo(1.1, 9), null, null]);
      expect(pair?.[9]).toMatch(/^generation=Skylake-SP, virt=bare, kernel=6\.1\.170-xperf, .*executor=simulator/);
      const [border] = await ask(find('Trends: Boot states that changed'));
      expect(border?.slice(1, 5)).toEqual(['Skylake-SP', '1', 'kernel 6.1.170-xperf → 6.1.178-xperf', host]);
    });
    // The same once more under another microcode: two ratios of one host are one.
    const again = [
      `INSERT INTO boot_states SELECT boot_state_hash || '-2', boot_state || '{"microcode": "0x99"}', first_seen_at, fields FROM boot_states AS b
        WHERE boot_state_hash = 'other' OR boot_state_hash = (SELECT boot_state_hash FROM hosts WHERE host_id = '${host}')`,
      ...['segments', 'daily_series'].map(
        (
          table,
        ) => `INSERT INTO ${table} SELECT (jsonb_populate_record(s, jsonb_build_object('boot_state_hash', boot_state_hash || '-2'))).*
                      FROM ${table} AS s WHERE host_id = '${host}'`,
      ),
    ];
    await under([...other, ...rebooted, ...again], async () => {
      const { rows } = await run(find('Mitigations and kernels: Kernel'), simulated, admin, null, longer);
      expect(rows.map((row) => [row[3], row[5]])).toEqual([['1', expect.closeTo(1.1, 9)]]);
    });
  });

  it('lists findings by where they stand, with the interval of fresh runs where there are any', async () => {
    const view = (figures: object | null) =>
      JSON.stringify({
        ...{ provenance: 'simulated', probe: 'pf', metric: 'u2k', kind: 'step', ratio: 1.07 },
        interval: { low: 1.06, high: 1.08 },
        confirmation: figures === null ? null : { figures },
      });
    const found = (state: string, figures: object | null): [string, unknown[]] => [
      `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
         VALUES (gen_random_uuid(), 1, $1, 'up', '{h1,h2}', '{Zen 3}', '2026-11-24', '2026-11-24', $2)`,
      [state, view(figures)],
    ];
    const figures = { verdict: 'slower', ratio: 1.071, interval: { low: 1.065, high: 1.077 } };
    await under([found('open', figures), found('suspected', null)], async (ask) => {
      const [open] = (await ask(find('Regressions: Open'), simulated)).rows;
      expect(open?.slice(1, 8)).toEqual(['open', 'step up', 'pf', 'u2k', 'Zen 3', 2, 'h1']);
      expect(open?.slice(10, 14)).toEqual([1.071, 1.065, 1.077, 'slower']);
      const [suspected] = (await ask(find('Regressions: Suspected'), simulated)).rows;
      expect(suspected?.slice(10, 14)).toEqual([1.07, 1.06, 1.08, null]);
      expect((await ask(find('Regressions: Open'), { ...simulated, provenance: 'measured' })).rows).toEqual([]);
    });
  });

  describe('count and date', () => {
    const host = demoHosts.skylake;
    const bootOf = `(SELECT boot_state_hash FROM hosts WHERE host_id = '${host}')`;
    const dayMs = 86_400_000;
    const figures = { verdict: 'slower', ratio: 1.07, interval: { low: 1.06, high: 1.08 } };
    const finding = (changed: object = {}): [string, unknown[]] => [
      `INSERT INTO findings (finding_id, stream_version, state, direction, hosts, generations, from_day, to_day, view)
         VALUES (gen_random_uuid(), 1, 'open', 'up', $1, '{Skylake-SP}', '2026-11-24', '2026-11-24', $2)`,
      [
        [host],
        {
          ...{ provenance: 'simulated', executor: 'simulator', probe: 'pf', metric: 'u2k', kind: 'step' },
          ...{ ...changed, confirmation: { figures } },
        },
      ],
    ];
    const otherBoot = `INSERT INTO boot_states SELECT 'other', boot_state || '{"kernelRelease": "6.1.178-xperf"}', first_seen_at, fields FROM boot_states AS b WHERE boot_state_hash = ${bootOf}`;
    const after = skylake.replace(kernel, '6.1.178-xperf');
    /** The host's days once more, as those of others. */
    const like = (name: string, changed: string): string =>
      `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('host_id', '${name}', ${changed}))).*
         FROM daily_series AS d WHERE host_id = '${host}'`;

    it.each(['America/Los_Angeles', 'Pacific/Kiritimati'])(
      'a finding by its days in UTC, in a database at %s',
      async (zone) => {
        await under([finding(), `SET LOCAL TimeZone = '${zone}'`], async (ask) => {
          const day = nights[1];
          expect((await ask(find('Regressions: Open'), simulated)).rows[0]?.slice(8, 10)).toEqual([day, day]);
          expect((await ask(find('Trends: Confirmed changes'), simulated)).rows.map(([time]) => time)).toEqual([day]);
        });
      },
    );

    it('no finding of another metric as a mark', async () => {
      const other = { ...simulated, metric: 'k2u' };
      await under([finding()], async (ask) =>
        expect((await ask(find('Trends: Confirmed changes'), other)).rows).toEqual([]),
      );
    });

    it('a host under two kernels on a day under each, whatever hosts are chosen', async () => {
      const both = [
        otherBoot,
        `INSERT INTO daily_series SELECT (jsonb_populate_record(d, '{"boot_state_hash": "other"}')).* FROM daily_series AS d WHERE host_id = '${host}'`,
      ];
      const values = { ...simulated, group: [skylake, after] };
      await under(both, async (ask) => {
        const query = find('Trends: Hosts measured');
        const all = (await ask(query, values)).rows;
        expect(all.map(([, , hosts]) => hosts)).toEqual([2, 2, 2]);
        expect((await ask(query, { ...values, noise: 'grades A to C' })).rows).toEqual(all);
      });
    });

    it('a host once among those whose boot state changed, under however many executors', async () => {
      const twice = [
        otherBoot,
        `INSERT INTO segments SELECT (jsonb_populate_record(s, '{"boot_state_hash": "other", "first_ended_at": "2026-11-24T00:00Z"}')).* FROM segments AS s WHERE host_id = '${host}'`,
        `INSERT INTO segments SELECT (jsonb_populate_record(s, '{"executor": "stock-host"}')).* FROM segments AS s WHERE host_id = '${host}'`,
      ];
      await under(twice, async (ask) => {
        const [border] = (await ask(find('Trends: Boot states that changed'), simulated)).rows;
        expect([border?.[2], border?.[4], border?.[5]]).toEqual(['1', host, host]);
        const mark = marks.find(({ name }) => name === 'Trends: Boot states') as Query;
        expect((await ask(mark, simulated)).rows[0]?.[1]).toBe('1 host of Skylake-SP: another boot state');
      });
    });

    it.each([
      [
        'mitigations',
        { retbleed: 'Mitigation: IBPB', mds: 'Vulnerable' },
        'mitigation mds Mitigation: Clear CPU buffers → Vulnerable, mitigation retbleed unknown → Mitigation: IBPB',
      ],
      ['smt', 'off', 'SMT on → off'],
      ['governor', 'powersave', 'governor performance → powersave'],
      ['kernelCommandLine', 'quiet isolcpus=3', 'another command line'],
      ['kernelVersion', '#2 SMP', 'another build of the kernel'],
      ['extra', { demo: 'yes', noise: 'noisy' }, 'facts of its executor: noise'],
    ])('a change of %s only', async (fact, now, said) => {
      const before = {
        mitigations: { mds: 'Mitigation: Clear CPU buffers' },
        smt: 'on',
        governor: 'performance',
        extra: { demo: 'yes' },
      };
      const only = [
        [
          `UPDATE boot_states SET boot_state = boot_state || $1 WHERE boot_state_hash = ${bootOf}`,
          [JSON.stringify(before)],
        ],
        [
          `INSERT INTO boot_states SELECT 'other', boot_state || $1, first_seen_at, fields FROM boot_states AS b WHERE boot_state_hash = ${bootOf}`,
          [JSON.stringify({ [fact]: now })],
        ],
        `INSERT INTO segments SELECT (jsonb_populate_record(s, '{"boot_state_hash": "other", "first_ended_at": "2026-11-24T00:00Z"}')).* FROM segments AS s WHERE host_id = '${host}'`,
      ] satisfies (string | [string, unknown[]])[];
      await under(only, async (ask) => {
        const [border] = (await ask(find('Trends: Boot states that changed'), simulated)).rows;
        expect([border?.[2], border?.[3]]).toEqual(['1', said]);
      });
    });

    it('a fleet’s boot states by a few names', async () => {
      const many = [
        otherBoot,
        ...['', 'other'].map(
          (
            hash,
          ) => `INSERT INTO segments SELECT (jsonb_populate_record(s, jsonb_build_object('host_id', 'like-' || to_char(n, 'FM000'),
             'boot_state_hash', coalesce(nullif('${hash}', ''), s.boot_state_hash), 'first_ended_at', CASE '${hash}' WHEN '' THEN '2026-11-23T00:00Z' ELSE '2026-11-24T00:00Z' END))).*
             FROM segments AS s, generate_series(1, 200) AS n WHERE host_id = '${host}'`,
        ),
      ];
      await under(many, async (ask) => {
        const [border] = (await ask(find('Trends: Boot states that changed'), simulated)).rows;
        expect(border?.[2]).toBe('200');
        expect(border?.[5]).toBe('like-001, like-002, like-003, like-004 and 196 more');
      });
    });

    it('what moved from the end of the range, wherever it begins, with the verdict of the same executor', async () => {
      const before = like(host, `'day', d.day - interval '240 hours', 'level_cycles', d.level_cycles / 1.1`);
      const query = find('Trends: The last 7 days');
      await under([before, finding()], async (ask) => {
        const { columns, rows } = await ask(query, simulated);
        expect(rows).toHaveLength(1);
        expect(rows[0]?.[columns.indexOf('recent / earlier')]).toBeCloseTo(1.1, 9);
        expect(rows[0]?.[columns.indexOf('verdict')]).toBe('slower');
      });
      await under([before, finding({ executor: 'vm' })], async (ask) => {
        const { columns, rows } = await ask(query, simulated);
        expect(rows[0]?.[columns.indexOf('verdict')]).toBeNull();
      });
    });

    it('weekly runs, whatever their weekday', async () => {
      const weekly = [
        `DELETE FROM daily_series WHERE host_id = '${host}' AND day <> '2026-11-24T00:00Z'`,
        ...Array.from({ length: 12 }, (_, week) =>
          like(host, `'day', d.day - interval '${(week + 1) * 168} hours'`).replace(
            /WHERE host_id = '.*'$/,
            (where) => `${where} AND day = '2026-11-24T00:00Z'`,
          ),
        ),
      ];
      // A Friday; the runs are on Tuesdays.
      const long = { ...range, from: new Date('2026-07-31T12:00:00Z') };
      const changeByWeek = find('Trends: Change under each boot state · $probe $metric · $provenance weeks');
      await under(weekly, async () => {
        const { rows } = await run(changeByWeek, { ...simulated, group: [skylake] }, admin, null, long);
        expect(rows.map(([time]) => time)).toEqual(
          Array.from({ length: 13 }, (_, week) => new Date(+(nights[1] as Date) - (12 - week) * 7 * dayMs)),
        );
        expect(rows.map(([, , change]) => change)).toEqual(Array.from({ length: 13 }, () => expect.closeTo(0, 9)));
      });
    });

    it('no cell in nanoseconds where the clock of one of its hosts is not known', async () => {
      const query = find('Compare generations: Matched cells');
      const unknown = like('like-1', `'p50_ns', NULL, 'level_ns', NULL, 'level_cycles', 2 * d.level_cycles`);
      await under([unknown], async (ask) => {
        const { columns, rows } = await ask(query, simulated);
        const row = rows.find((one) => one[columns.indexOf('generation')] === 'Skylake-SP / demo');
        expect([row?.[columns.indexOf('hosts')], row?.[columns.indexOf('bare, KPTI off')]]).toEqual(['2', null]);
      });
    });

    it('a copy of a simulated run once', async () => {
      await under([`UPDATE runs SET seed = 7 WHERE provenance = 'simulated'`], async (ask) => {
        const { columns, rows } = await ask(find('Compare generations: Sides'), simulated);
        expect(rows.map((row) => row[columns.indexOf('runs')])).toEqual([1, 1]);
      });
    });

    it('a host beside its like in nanoseconds, whatever their clocks', async () => {
      const twice = like('like-1', `'p50_cycles', 2 * d.p50_cycles, 'level_cycles', 2 * d.level_cycles`);
      await under([twice], async (ask) => {
        const { columns, rows } = await ask(find('Generation → host: Hosts of its kind'), { ...simulated, host });
        expect(rows.map((row) => row[columns.indexOf('to the median host')])).toEqual([
          expect.closeTo(1, 6),
          expect.closeTo(1, 6),
        ]);
      });
    });

    it('the spread of hosts in nanoseconds, whatever their clocks, and in cycles where one is not known', async () => {
      const query = find('Trends: Highest host above lowest');
      const twice = `'p50_cycles', 2 * d.p50_cycles, 'level_cycles', 2 * d.level_cycles`;
      const values = { ...simulated, group: [skylake] };
      for (const noise of ['all hosts', 'grades A to C']) {
        await under([like('like-1', `${twice}, 'level_ns', 1.1 * d.level_ns`)], async (ask) =>
          expect((await ask(query, { ...values, noise })).rows.map(([, , spread]) => spread)).toEqual(
            nights.map(() => expect.closeTo(0.1 / 1.05, 9)),
          ),
        );
        await under([like('like-1', `${twice}, 'p50_ns', NULL, 'level_ns', NULL`)], async (ask) =>
          expect((await ask(query, { ...values, noise })).rows.map(([, , spread]) => spread)).toEqual(
            nights.map(() => expect.closeTo(1 / 1.5, 9)),
          ),
        );
      }
    });

    it('no host of a demo with one that is none', async () => {
      const real = [
        `INSERT INTO boot_states SELECT 'real', boot_state #- '{extra,demo}', first_seen_at, fields FROM boot_states AS b WHERE boot_state_hash = ${bootOf}`,
        like('like-1', `'boot_state_hash', 'real'`),
      ];
      await under(real, async (ask) => {
        const { columns, rows } = await ask(find('Compare generations: Matched cells'), simulated);
        const of = rows.map((row) => ['generation', 'hosts'].map((name) => row[columns.indexOf(name)]));
        expect(of.filter(([generation]) => String(generation).startsWith('Skylake-SP'))).toEqual([
          ['Skylake-SP', '1'],
          ['Skylake-SP / demo', '1'],
        ]);
      });
    });

    it('the chosen host among more like it than a table has rows', async () => {
      const many = `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('host_id', 'like-' || n,
          'level_cycles', 1.1 * d.level_cycles))).* FROM daily_series AS d, generate_series(1, 500) AS n
        WHERE host_id = '${host}' AND metric = 'u2k' AND day = '2026-11-24T00:00Z'`;
      await under([many], async (ask) => {
        const { rows } = await ask(find('Generation → host: Hosts of its kind'), { ...simulated, host });
        expect([rows.length, rows[0]?.[0]]).toEqual([500, host]);
      });
    });

    it('the whole read model', () => {
      const listed = find('Operations: Database').sql;
      const tables = projections.flatMap((projection) => projection.tables);
      expect(tables.filter((table) => !listed.includes(`'${table}'`))).toEqual([]);
    });
  });

  it('shows each run as a point of its side, and its distribution', async () => {
    const medians = await run(find('Compare generations: Run medians over time'), simulated);
    expect(medians.columns).toEqual(['time', 'a', 'b', 'host', 'run']);
    const skylakeRun = runs.find(({ hostId, metric }) => hostId === demoHosts.skylake && metric === 'u2k');
    const row = medians.rows.find(([, , , , id]) => id === skylakeRun?.runId);
    expect(row?.slice(1, 4)).toEqual([
      expect.closeTo(((skylakeRun?.p50 ?? 0) / (skylakeRun?.tscKhz ?? 1)) * 1e6, 6),
      null,
      demoHosts.skylake,
    ]);
    const distribution = queries.filter(
      ({ name }) => name.includes('Distribution of run medians') && name.endsWith(' ns'),
    );
    const both = await Promise.all(distribution.map((query) => run(query, simulated)));
    expect(both.map(({ columns, rows }) => [columns, rows.length])).toEqual([
      [['a'], 17],
      [['b'], 18],
    ]);
  });

  describe('All against a', () => {
    const query = find('Compare generations: All against a');
    const rowsOf = ({ columns, rows }: Awaited<ReturnType<typeof run>>) =>
      rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    const sameKpti = `UPDATE boot_states SET boot_state = boot_state || '{"kpti": false, "microcode": "0x1"}'`;
    const like = guest.replace('unknown', 'off');

    it('begins with what has a’s kernel, KPTI state and executor, of these with the slowest, and gives its ratio', async () => {
      expect(rowsOf(await run(query, simulated)).map((row) => [row['generation'], row['to a']])).toEqual([
        [skylake, 1],
        [guest, null],
      ]);
      await under([sameKpti], async (ask) => {
        const rows = rowsOf(await ask(query, simulated));
        expect(rows.map((row) => row['generation'])).toEqual([skylake, like]);
        const [a, b] = rows;
        expect(b?.['to a']).toBeLessThan(1);
        expect(b?.['to a']).toBeCloseTo((b?.['nanoseconds'] as number) / (a?.['nanoseconds'] as number), 9);
        expect(b?.['why no interval']).toBe('fewer than 5 hosts on a side');
        expect(b?.['selector of a']).toMatch(/^generation=Skylake-SP, virt=bare, /);
        expect(b?.['selector']).toMatch(/^generation=Cascade-Lake, /);
      });
    });

    /** The host's figures once more, as those of `count` hosts whose levels are these shares of its own. */
    const copies = (host: string, shares: readonly number[]): string[] =>
      shares.map(
        (
          share,
          at,
        ) => `INSERT INTO daily_series SELECT (jsonb_populate_record(d, jsonb_build_object('host_id', '${host}-${at}',
          'level_ns', d.level_ns * ${share}, 'level_cycles', d.level_cycles * ${share}))).* FROM daily_series AS d WHERE host_id = '${host}'`,
      );
    const shares = { a: [1.02, 1.04, 0.98, 0.96], b: [1.01, 1.05, 0.97, 1.1, 0.99] };
    const fleet = [sameKpti, ...copies(demoHosts.skylake, shares.a), ...copies(demoHosts.guest, shares.b)];

    it('gives the coordinator’s interval from five hosts on each side', async () => {
      await under(fleet, async (ask) => {
        const { rows: levels } = await admin.query<{ hostId: string; ns: number }>(
          `SELECT host_id AS "hostId", exp(sum(runs * ln(level_ns)) / sum(runs)) AS ns FROM daily_series
            WHERE provenance = 'simulated' AND probe = 'pf' AND metric = 'u2k' GROUP BY 1`,
        );
        const kind = (host: string) =>
          levelOfKind(
            new Map(levels.filter(({ hostId }) => hostId.startsWith(host)).map(({ hostId, ns }) => [hostId, [ns]])),
          );
        const [a, b] = [kind(demoHosts.skylake), kind(demoHosts.guest)];
        const { ratio, low, high } = compareLevels(a, b, 0.95);
        const row = rowsOf(await ask(query, simulated)).find(({ generation }) => generation === like);
        expect([row?.['hosts'], row?.['why no interval']]).toEqual(['6', null]);
        expect(row?.['nanoseconds']).toBeCloseTo(Math.exp(b.mean), 6);
        expect(row?.['to a']).toBeCloseTo(ratio, 9);
        // Degrees of freedom are rounded down, so it is a little wider.
        expect(row?.['interval from']).toBeLessThanOrEqual(low);
        expect(row?.['interval from']).toBeGreaterThan(ratio - (ratio - low) * 1.06);
        expect(row?.['interval to']).toBeGreaterThanOrEqual(high);
        const ladder = rowsOf(await ask(find('Compare generations: Ladder'), { ...simulated, a: like, b: skylake }));
        const [rung] = ladder;
        expect(ladder).toHaveLength(1);
        expect(rung?.['nanoseconds']).toBeCloseTo(Math.exp(b.mean), 6);
        const half = tQuantile(0.975, b.degrees) * Math.sqrt(b.varianceOfMean);
        expect(rung?.['interval from']).toBeCloseTo(Math.exp(b.mean - half), 2);
        expect(rung?.['interval to']).toBeCloseTo(Math.exp(b.mean + half), 2);
      });
    });

    it.each([
      ['microcode', '{microcode}', '"0x99"', 'mixed in microcode'],
      ['SMT', '{smt}', '"forceoff"', 'mixed in SMT, turbo, governor or hypervisor'],
    ])('gives no ratio of a side of several %ss: the coordinator refuses it', async (_, path, value, said) => {
      const other = [
        `INSERT INTO boot_states SELECT 'other', jsonb_set(boot_state, '${path}', '${value}'), first_seen_at, fields FROM boot_states AS b
          WHERE boot_state_hash = (SELECT boot_state_hash FROM hosts WHERE host_id = '${demoHosts.guest}')`,
        `UPDATE daily_series SET boot_state_hash = 'other' WHERE host_id = '${demoHosts.guest}-0'`,
        `UPDATE runs SET boot_state_hash = 'other' WHERE host_id = '${demoHosts.guest}' AND ended_at > '2026-11-25T00:00Z'`,
      ];
      await under([...fleet, ...other], async (ask) => {
        const row = rowsOf(await ask(query, simulated)).find(({ generation }) => generation === like);
        expect([row?.['to a'], row?.['interval from'], row?.['why no interval']]).toEqual([null, null, said]);
        expect((await ask(find('Compare generations: b / a'), { ...simulated, b: like })).rows).toEqual([]);
      });
      await under(fleet, async (ask) =>
        expect((await ask(find('Compare generations: b / a'), { ...simulated, b: like })).rows).toHaveLength(1),
      );
    });
  });

  it('shows matched cells: a row for each generation, a column for bare metal and VM with KPTI off and on', async () => {
    const { columns, rows } = await run(find('Compare generations: Matched cells'), simulated);
    const filled = rows.map((row) => [
      row[columns.indexOf('generation')],
      columns.filter((name, at) => / KPTI o|elsewhere/.test(name) && row[at] !== null),
    ]);
    expect(filled).toEqual(
      expect.arrayContaining([
        ['Skylake-SP / demo', ['bare, KPTI off']],
        ['Cascade Lake / demo', ['elsewhere']],
      ]),
    );
  });

  it('draws points by the hour in a short range, by the day in a long one', async () => {
    const query = find('Trends: Median over time');
    const [night] = nights as [Date];
    const short = { ...range, from: night, to: new Date(+night + 2 * 86_400_000) };
    const text = expandMacros(expandVariables(query.sql, simulated), short);
    const { rows } = await grafana.query<{ time: Date; metric: string; p50: number }>(text);
    const { rows: hours } = await admin.query<{ hour: Date; ns: number }>(
      `SELECT date_trunc('hour', ended_at, 'UTC') AS hour, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles / tsc_khz * 1e6) AS ns
         FROM run_results WHERE host_id = $1 AND metric = 'u2k' AND ended_at BETWEEN $2 AND $3 GROUP BY 1 ORDER BY 1`,
      [demoHosts.skylake, short.from, short.to],
    );
    expect(hours.map(({ hour }) => hour.getUTCHours())).not.toContain(0);
    expect(rows.filter(({ metric }) => metric === skylake).map(({ time, p50 }) => [time, p50])).toEqual(
      hours.map(({ hour, ns }) => [hour, expect.closeTo(ns, 6)]),
    );
  });

  it('shows a host’s boot states by day, and what is known of it', async () => {
    const { columns, rows } = await run(find('Generation → host: Boot states over time'), simulated);
    expect(columns).toEqual(['time', 'kernel', 'KPTI', 'microcode', 'SMT', 'generation', 'boot state']);
    expect(rows.map(([time, release, kpti, microcode]) => [time, release, kpti, microcode])).toEqual(
      nights.map((night) => [night, kernel, 'off', '0x10']),
    );
    const facts = (await run(find('Generation → host: Facts'), simulated)).rows;
    expect(facts).toEqual(
      expect.arrayContaining([
        ['generation', 'Skylake-SP'],
        ['microcode', '0x10'],
      ]),
    );
  });

  it('leaves noisy hosts out where that is chosen', async () => {
    const noisy = `UPDATE host_noise SET run_sd = 0.05, run_degrees = 9 WHERE host_id = '${demoHosts.skylake}'`;
    await under([noisy], async (ask) => {
      const quiet = { ...simulated, noise: 'grades A to C' };
      expect((await ask(find('Trends: Median over time'), simulated)).series).toEqual([guest, skylake]);
      expect((await ask(find('Trends: Median over time'), quiet)).series).toEqual([guest]);
      expect((await ask(find('Compare generations: Sides'), quiet)).rows.map(([side]) => side)).toEqual(['b']);
    });
  });

  it('offers cells of the chosen kernels and KPTI states', async () => {
    const group = find('Trends: variable group');
    expect((await run(group, { ...simulated, kpti: ['unknown'] })).rows).toEqual([[guest]]);
    expect((await run(group, { ...simulated, kernel: ['6.1.178-xperf'] })).rows).toEqual([['none']]);
    expect((await run(find('Trends: variable kernel'), simulated)).rows).toEqual([[kernel]]);
    expect((await run(find('Trends: variable kpti'), simulated)).rows.flat().sort()).toEqual(['off', 'unknown']);
    const provenances = (await run(find('Trends: variable provenance'), simulated)).rows.flat();
    expect([...provenances].sort()).toEqual(['measured', 'simulated']);
    await under([`DELETE FROM segments WHERE provenance = 'measured'`], async (ask) =>
      expect((await ask(find('Trends: variable provenance'), simulated)).rows[0]).toEqual(['simulated']),
    );
    expect((await run(find('Trends: variable unit'), simulated)).rows).toEqual([['ns'], ['cycles']]);
  });

  it.each([
    ['quotes and markup', `O'Brien <b>$a \${b} % {} 😀</b>`],
    ['255 characters', 'ü'.repeat(255)],
  ])('draws a generation whose name is %s', async (_, generation) => {
    const hostile = [
      [
        `UPDATE boot_states SET boot_state = jsonb_set(boot_state, '{cpu,generation}', to_jsonb($1::text)) WHERE boot_state #>> '{cpu,generation}' = 'Skylake-SP'`,
        [generation],
      ],
      [`UPDATE run_results SET generation = $1 WHERE generation = 'Skylake-SP'`, [generation]],
    ] as [string, unknown[]][];
    const cell = skylake.replace('Skylake-SP', () => generation);
    await under(hostile, async (ask) => {
      for (const query of drawing) {
        const values = { ...simulated, group: [cell, guest], a: cell, run: runs[0]?.runId ?? '' };
        const { rows } = await ask(query, values, generation);
        expect({ query: query.name, rows: rows.length > 0 }).toEqual({ query: query.name, rows: !isQuiet(query) });
      }
      expect((await ask(find('Trends: Median over time'), { ...simulated, group: [cell] }, generation)).series).toEqual(
        [cell],
      );
    });
  });

  it.each(['Trends', 'Compare generations'])('%s: says nothing of choices that exist', async (board) => {
    expect((await run(find(`${board}: Choices`), simulated)).rows).toEqual([]);
  });

  it('says nothing of a variable that has nothing to choose', async () => {
    const none = {
      ...simulated,
      provenance: 'emulated',
      probe: 'none',
      metric: 'none',
      kernel: ['none'],
      kpti: ['none'],
      group: ['none'],
      a: 'none',
      b: 'none',
    };
    for (const board of ['Trends', 'Compare generations'])
      expect((await run(find(`${board}: Choices`), none)).rows).toEqual([]);
  });

  it('names choices that do not exist, with what there is', async () => {
    const fleet = find('Trends: Choices');
    expect((await run(fleet, { ...simulated, provenance: 'invented' })).rows[0]).toEqual([
      ...['no such provenance', 'invented', 'measured, emulated, simulated, unknown, imported'],
    ]);
    expect((await run(fleet, { ...simulated, group: [skylake, 'Zen 9 / bare / vm'] })).rows).toEqual([
      ['no such group', 'Zen 9 / bare / vm', `${guest}, ${skylake}`],
    ]);
    expect((await run(fleet, { ...simulated, kernel: [kernel, '9.9'], kpti: ['maybe'] })).rows).toEqual([
      ['no such kernel', '9.9', kernel],
      ['no such KPTI', 'maybe', 'off, unknown'],
    ]);
    const compare = find('Compare generations: Choices');
    expect((await run(compare, { ...simulated, metric: 'u2x', b: 'Haswell-EP / bare / vm' })).rows).toEqual([
      ['no such metric', 'u2x', 'k2u, u2k'],
      ...['a', 'b'].map((side) => [
        `no such ${side}`,
        side === 'a' ? skylake : 'Haswell-EP / bare / vm',
        'none in this time',
      ]),
    ]);
    expect((await run(compare, { ...simulated, probe: 'page' })).rows[0]).toEqual(['no such probe', 'page', 'pf']);
  });

  it('says what the login may not read and what the database lacks, of what the board reads, and what to do', async () => {
    const migrate =
      'npm run migrate, then start the coordinator; where the database is newer, take the boards of its release';
    const faults: Readonly<Record<string, string[]>> = {
      daily_cells: ['daily_cells', 'is not there', migrate],
      runs: ['runs', 'may not be read by xf_reader', 'GRANT xf_reader TO xf_reader'],
      segments: ['segments', 'has no first_ended_at, provenance', migrate],
    };
    const read: Readonly<Record<string, string[]>> = {
      Run: ['runs', 'segments'],
      Operations: ['runs', 'segments'],
      Regressions: ['segments'],
      'Mitigations and kernels': ['daily_cells', 'segments'],
      'Virtualization tax': ['daily_cells', 'segments'],
    };
    await admin.query('BEGIN');
    try {
      await admin.query('REVOKE SELECT ON runs FROM xf_reader');
      await admin.query('ALTER TABLE daily_cells RENAME TO daily_cells_of_another_release');
      await admin.query('ALTER TABLE segments RENAME COLUMN provenance TO origin');
      await admin.query('ALTER TABLE segments RENAME COLUMN first_ended_at TO began');
      await admin.query('SET LOCAL ROLE xf_reader');
      for (const { title } of boards)
        expect([title, (await run(find(`${title}: What can’t be read`), simulated, admin)).rows]).toEqual([
          title,
          (read[title] ?? ['daily_cells', 'runs', 'segments']).map((name) => faults[name]),
        ]);
    } finally {
      await admin.query('ROLLBACK');
    }
  });

  it('says that Grafana can’t ask for a name with a double quote', async () => {
    const named = '6.1 "quoted"';
    await under(
      [
        [
          `UPDATE boot_states SET boot_state = boot_state || jsonb_build_object('kernelRelease', $1::text) WHERE generation = 'Cascade Lake'`,
          [named],
        ],
      ],
      async (ask) => {
        const { rows } = await ask(find('Trends: Choices'), {
          ...simulated,
          kernel: [kernel, named],
          group: [skylake],
        });
        expect(rows.map(([fault, chosen]) => [fault, chosen])).toEqual([
          ['Grafana can’t ask for a name with a double quote', '6.1 \\"quoted\\"'],
        ]);
      },
    );
  });

  it('survives a quote in a variable', async () => {
    const odd = "O'Brien / bare";
    for (const query of queries) {
      await run(query, { ...simulated, a: odd, b: odd, group: [odd, "'"], metric: "u'2k", host: odd, run: odd });
    }
  });

  // ACL of the role, not good manners of the queries.
  it.each(['daily_series', 'run_results', 'runs', 'hosts', 'run_gaps', 'events'])('cannot write %s', async (table) => {
    for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table}`, `INSERT INTO ${table} DEFAULT VALUES`]) {
      await expect(grafana.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('can neither read events or key hashes, nor append, nor make a table', async () => {
    for (const statement of [
      'SELECT * FROM events',
      'SELECT * FROM api_keys',
      'SELECT * FROM sample_batches',
      `SELECT append_events('job-x', 0, '[]', '{}', '{}')`,
      'CREATE TABLE mine (n int)',
    ]) {
      await expect(grafana.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
