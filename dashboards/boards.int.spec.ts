// Every query of every board on the read model, through the login that Grafana uses.
import { measureLabel, measureName, metricsOfProbe, probesOf } from '#contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../test/postgres/fresh-database.js';
import { boardFiles } from './boards.js';
import type { Format } from './postgres-query.js';
import { readQueries } from './queries.js';
import { seriesOf, type ResultColumn } from './testing/grafana-frame.js';
import { expandMacros, expandVariables, type VariableValues } from './testing/grafana-sql.js';
import { hours, seedReadModel } from './testing/seed-read-model.js';

interface BoardJson {
  title: string;
  panels: { title: string; targets?: { refId: string; format: Format; rawSql: string }[] }[];
  templating: { list: { name: string; type: string; query: string }[] };
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

/** Queries that say what can be drawn; the others draw it. */
const drawing = queries.filter(({ name }) => !name.includes('Choices that do not exist'));

/** A variable without anything to choose offers that: Grafana takes no row for a fault. */
const isVariable = ({ name }: Query): boolean => name.includes(': variable ');
const nothingOf = (query: Query): unknown[] => (isVariable(query) ? [['none']] : []);

/** How the queries of what stock kernels give begin. */
const stockPanels = probesOf('stock-host').flatMap((probe) =>
  metricsOfProbe(probe).flatMap((metric) => [
    `Fleet: ${measureLabel(probe, metric)}: `,
    `Fleet: ${measureName(probe, metric)} of `,
  ]),
);

const haswell = 'Haswell-EP / bare / simulator';
const iceLake = 'Ice Lake-SP / vm / simulator';
const simulated: VariableValues = {
  provenance: 'simulated',
  probe: 'pf',
  metric: 'u2k',
  group: [haswell, iceLake],
  a: haswell,
  b: iceLake,
};
const measured: VariableValues = { ...simulated, provenance: 'measured', group: ['Zen 3 / bare / stock-host'] };
const range = { from: hours[0] ?? new Date(0), to: hours.at(-1) ?? new Date(0), intervalMs: 3_600_000 };

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
  let grafana: pg.Client;
  let grafanaOnEmpty: pg.Client;

  beforeAll(async () => {
    [database, empty] = await Promise.all([freshDatabase(), freshDatabase()]);
    await seedReadModel(database.adminUrl);
    grafana = new pg.Client({ connectionString: database.readerUrl });
    grafanaOnEmpty = new pg.Client({ connectionString: empty.readerUrl });
    await Promise.all([grafana.connect(), grafanaOnEmpty.connect()]);
  });
  afterAll(async () => {
    await Promise.all([grafana.end(), grafanaOnEmpty.end()]);
    await Promise.all([database.drop(), empty.drop()]);
  });

  async function run({ sql, format }: Query, values: VariableValues, client = grafana) {
    const text = expandMacros(expandVariables(sql, values), range);
    expect(text).not.toContain('$');
    const { fields, rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
    const columns = fields.map(({ name, dataTypeID }) => ({ name, kind: kinds[dataTypeID] ?? ('other' as const) }));
    return { columns: columns.map(({ name }) => name), rows, series: seriesOf(format, columns, rows) };
  }
  const find = (name: string): Query => {
    const found = queries.find((query) => query.name.startsWith(name));
    if (found === undefined) throw new Error(`no query ${name}`);
    return found;
  };

  it.each(drawing.map((query) => [query.name, query] as const))(
    '%s gives rows that Grafana can draw',
    async (_, query) => {
      // Round trips are measured on stock kernels; the simulated hosts have u2k and k2u.
      const ofStock = stockPanels.some((start) => query.name.startsWith(start));
      const { rows } = await run(query, ofStock ? measured : simulated);
      expect(rows.length).toBeGreaterThan(0);
    },
  );

  it.each(queries.map((query) => [query.name, query] as const))(
    '%s gives nothing on an empty fleet',
    async (_, query) => {
      const none = { ...simulated, probe: [], metric: [], group: [], a: [], b: [] };
      expect((await run(query, none, grafanaOnEmpty)).rows).toEqual(nothingOf(query));
      expect((await run(query, none)).rows.length).toBeGreaterThanOrEqual(0);
    },
  );

  it.each(drawing.map((query) => [query.name, query] as const))(
    '%s gives nothing for emulated: none was seeded',
    async (_, query) => {
      expect((await run(query, { ...simulated, provenance: 'emulated' })).rows).toEqual(nothingOf(query));
    },
  );

  it('offers the generations, and begins a comparison with two different ones', async () => {
    expect((await run(find('Fleet: variable group'), simulated)).rows).toEqual([[haswell], [iceLake]]);
    expect((await run(find('Compare generations: variable a'), simulated)).rows[0]).toEqual([haswell]);
    expect((await run(find('Compare generations: variable b'), simulated)).rows[0]).toEqual([iceLake]);
    expect((await run(find('Compare generations: variable metric'), simulated)).rows).toEqual([['u2k'], ['k2u']]);
  });

  it('draws a median line for each generation, of the asked metric only', async () => {
    const { columns, rows, series } = await run(find('Fleet: user → kernel'), simulated);
    expect(columns).toEqual(['time', 'metric', 'p50']);
    expect(series).toEqual([haswell, iceLake]);
    expect(rows).toHaveLength(2 * hours.length);
    expect(rows[0]).toEqual([hours[0], haswell, 440]);
    expect((await run(find('Fleet: kernel → user'), simulated)).rows[0]).toEqual([hours[0], haswell, 270]);
  });

  it('keeps a measured figure out of a simulated board and the other way round', async () => {
    const query = find('Fleet: page-fault round trip');
    expect((await run(query, { ...measured, provenance: 'simulated' })).series).toEqual([]);
    expect((await run(query, measured)).series).toEqual(['Zen 3 / bare / stock-host']);
    expect((await run(find('Fleet: user → kernel'), { ...simulated, provenance: 'measured' })).rows).toEqual([]);
  });

  it('draws a band of bare names, on which fillBelowTo depends', async () => {
    const { columns, series, rows } = await run(find('Fleet: pf u2k of $group'), { ...simulated, group: iceLake });
    expect(columns).toEqual(['time', 'p5', 'p50', 'p95', 'p99']);
    expect(series).toEqual(['p5', 'p50', 'p95', 'p99']);
    expect(rows[0]).toEqual([hours[0], 330, 350, 385, 420]);
  });

  it('sums up the fleet', async () => {
    const { columns, rows } = await run(find('Fleet: Totals'), simulated);
    expect(columns).toEqual(['hosts', 'completed runs', 'failed or abandoned runs', 'samples', 'faults lost']);
    // Two hosts, a run each hour each; one failed; one lost 10 of its 1,000 faults.
    const completed = 2 * hours.length - 1;
    expect(rows).toEqual(
      [[2, String(completed), '1', completed * 1000 - 10, 10 / (completed * 1000)]].map((row) => [
        String(row[0]),
        ...row.slice(1),
      ]),
    );
  });

  it('counts ended runs by state and lost samples by reason, an hour a bar', async () => {
    const runs = await run(find('Fleet: Ended runs'), simulated);
    expect(runs.columns).toEqual(['time', 'metric', 'runs']);
    expect(runs.series.sort()).toEqual(['completed', 'failed']);
    const losses = await run(find('Fleet: Lost samples'), simulated);
    expect(losses.columns).toEqual(['time', 'metric', 'lost samples']);
    // The gap of the superseded attempt is not counted.
    expect(losses.rows.map(([, reason, lost]) => [reason, lost])).toEqual([['record-gap', 10]]);
  });

  it('lists runs with losses and hosts', async () => {
    const runs = await run(find('Fleet: Runs with losses'), simulated);
    expect(runs.columns).toEqual([
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
    expect(runs.rows).toHaveLength(1);
    const hosts = await run(find('Fleet: Hosts'), simulated);
    expect(hosts.columns).toEqual([
      'host',
      'generation',
      'virtualization',
      'kernel',
      'microcode',
      'kpti',
      'completed runs',
      'last seen',
    ]);
    expect(hosts.rows.map((row) => row.slice(0, 7))).toEqual([
      ['haswell', 'Haswell-EP', 'bare', '6.1.0', '0x49', 'off', String(hours.length - 1)],
      ['icelake', 'Ice Lake-SP', 'vm', '6.1.0', null, 'unknown', String(hours.length)],
    ]);
  });

  it('compares run medians, not samples', async () => {
    const { columns, rows } = await run(find('Compare generations: Sides'), simulated);
    expect(columns).toEqual([
      'side',
      'generation',
      'hosts',
      'runs',
      'samples',
      'lowest run median',
      'median of run medians',
      'highest run median',
      'nanoseconds',
    ]);
    expect(rows.map(([side, generation, , , , , median, , ns]) => [side, generation, median, ns])).toEqual([
      ['a', haswell, 440, 220],
      ['b', iceLake, 350, 175],
    ]);
    const ratio = await run(find('Compare generations: b / a'), simulated);
    expect(ratio.columns).toEqual(['b / a']);
    expect(ratio.rows).toEqual([[350 / 440]]);
  });

  it('gives no ratio of a side to itself', async () => {
    expect((await run(find('Compare generations: b / a'), { ...simulated, b: haswell })).rows).toEqual([]);
  });

  it('gives no ratio below five runs a side', async () => {
    const query = find('Compare generations: b / a');
    const text = (to: Date) => expandMacros(expandVariables(query.sql, simulated), { ...range, to });
    const rowsUntil = async (to: Date | undefined) =>
      (await grafana.query<{ 'b / a': number }>(text(to ?? range.to))).rows;
    expect(await rowsUntil(hours[3])).toEqual([]);
    // Haswell's failed run is among the first: its fifth median is that of the sixth hour.
    expect(await rowsUntil(hours[4])).toEqual([]);
    expect(await rowsUntil(hours[5])).toHaveLength(1);
  });

  describe('of runs that are no plain replicates', () => {
    const ratio = async () => (await run(find('Compare generations: b / a'), simulated)).rows;
    /** Generation, KPTI, runs, cycles, ns and ratio of each row. */
    const generations = async () =>
      (await run(find('Compare generations: All generations'), simulated)).rows.map(
        ([generation, kpti, , runs, , ...figures]) => [generation, kpti, Number(runs), ...figures],
      );
    let admin: pg.Client;
    beforeEach(async () => {
      admin = new pg.Client({ connectionString: database.adminUrl });
      await admin.connect();
    });
    afterEach(async () => {
      await admin.query(`UPDATE run_results SET tsc_khz = 2000000`);
      await admin.query(`UPDATE runs SET labels = NULL, seed = NULL, boot_state_hash = NULL`);
      await admin.end();
    });

    it('judges in nanoseconds where the clocks differ, and not at all where one is not known', async () => {
      await admin.query(`UPDATE run_results SET tsc_khz = 2500000 WHERE host_id = 'icelake'`);
      expect(await ratio()).toEqual([[350 / 2.5 / (440 / 2)]]);
      await admin.query(`UPDATE run_results SET tsc_khz = NULL WHERE host_id = 'icelake'`);
      expect(await ratio()).toEqual([]);
    });

    it('does not pool KPTI on and off', async () => {
      await admin.query(`UPDATE runs SET labels = jsonb_build_object('kpti', CASE replicate % 2 WHEN 0 THEN 'on' ELSE 'off' END)
                          WHERE host_id = 'haswell'`);
      expect(await ratio()).toEqual([]);
      await admin.query(`UPDATE runs SET labels = '{"kpti": "on"}' WHERE host_id = 'icelake'`);
      expect(await generations()).toEqual([
        [iceLake, 'on', 6, 350, 175, 350 / 440],
        [haswell, 'off', 3, 440, 220, 1],
        [haswell, 'on', 2, 440, 220, 1],
      ]);
    });

    it('counts copies of a simulated run once', async () => {
      await admin.query(
        `UPDATE runs SET seed = plan_index, boot_state_hash = 'machine' WHERE provenance = 'simulated'`,
      );
      expect(await ratio()).toEqual([]);
      expect((await generations()).map(([, , runs]) => runs)).toEqual([1]);
      await admin.query(`UPDATE runs SET seed = replicate`);
      expect(await ratio()).toEqual([[350 / 440]]);
    });
  });

  it('shows each run as a point of its side, and its distribution', async () => {
    const medians = await run(find('Compare generations: Run medians over time'), simulated);
    expect(medians.columns).toEqual(['time', 'metric', 'run median']);
    expect(medians.series.sort()).toEqual([`a: ${haswell}`, `b: ${iceLake}`]);
    const distribution = queries.filter(({ name }) => name.includes('Distribution of run medians'));
    const columns = await Promise.all(distribution.map(async (query) => (await run(query, simulated)).columns));
    expect(columns).toEqual([['a'], ['b']]);
  });

  it('sets every generation against a, fastest first', async () => {
    const { columns, rows } = await run(find('Compare generations: All generations'), simulated);
    expect(columns).toEqual([
      'generation',
      'KPTI',
      'hosts',
      'runs',
      'samples',
      'median of run medians',
      'nanoseconds',
      'ns, ratio to a',
    ]);
    expect(rows.map(([generation, , , , , ...figures]) => [generation, ...figures])).toEqual([
      [iceLake, 350, 175, 350 / 440],
      [haswell, 440, 220, 1],
    ]);
  });

  it.each(['Fleet', 'Compare generations'])('%s: says nothing of choices that exist', async (board) => {
    expect((await run(find(`${board}: Choices`), simulated)).rows).toEqual([]);
  });

  it('says nothing of a variable that has nothing to choose', async () => {
    const none = {
      ...simulated,
      provenance: 'emulated',
      probe: 'none',
      metric: 'none',
      group: ['none'],
      a: 'none',
      b: 'none',
    };
    for (const board of ['Fleet', 'Compare generations'])
      expect((await run(find(`${board}: Choices`), none)).rows).toEqual([]);
  });

  it('names choices that do not exist, with what there is', async () => {
    const fleet = find('Fleet: Choices');
    expect((await run(fleet, { ...simulated, provenance: 'invented' })).rows[0]).toEqual([
      ...['no such provenance', 'invented', 'measured, emulated, simulated, unknown, imported'],
    ]);
    expect((await run(fleet, { ...simulated, group: [haswell, 'Zen 9 / bare / vm'] })).rows).toEqual([
      ['no such group', 'Zen 9 / bare / vm', `${haswell}, ${iceLake}`],
    ]);
    const compare = find('Compare generations: Choices');
    expect((await run(compare, { ...simulated, metric: 'u2x', b: 'Haswell-EP / bare / vm' })).rows).toEqual([
      ['no such metric', 'u2x', 'k2u, u2k'],
      ...['a', 'b'].map((side) => [
        `no such ${side}`,
        side === 'a' ? haswell : 'Haswell-EP / bare / vm',
        'none in this time',
      ]),
    ]);
    expect((await run(compare, { ...simulated, probe: 'page' })).rows[0]).toEqual(['no such probe', 'page', 'pf']);
  });

  it('survives a quote in a variable', async () => {
    const odd = "O'Brien / bare";
    for (const query of queries) {
      await run(query, { ...simulated, a: odd, b: odd, group: [odd, "'"], metric: "u'2k" });
    }
  });

  // ACL of the role, not good manners of the queries.
  it.each(['hourly_results', 'run_results', 'runs', 'hosts', 'run_gaps', 'events'])(
    'cannot write %s',
    async (table) => {
      for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table}`, `INSERT INTO ${table} DEFAULT VALUES`]) {
        await expect(grafana.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    },
  );

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
