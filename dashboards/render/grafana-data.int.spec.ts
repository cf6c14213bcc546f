// Every panel's field config, overrides, display names and value formats by Grafana's own @grafana/data, on the frames of a short demo.
// Not Grafana's here: its server's macros and frames (testing/), and its registry of panel options, for which grafana-data.mjs has a stand-in.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../test/postgres/fresh-database.js';
import { boardFiles } from '../boards.js';
import { readQueries } from '../queries.js';
import { readable } from '../stand-ins.js';
import { demoHosts, demoRange, demoReadModel } from '../testing/demo-read-model.js';
import { targetsOf, type BoardJson, type PanelJson } from './panel-inputs.js';

interface FieldSeen {
  field: string;
  type: string;
  first: string;
  last: string;
  color: string | null;
  unit: string | null;
  nulls: number;
  custom: Record<string, unknown>;
  links: string[];
}

jest.setTimeout(120_000);

const program = fileURLToPath(new URL('grafana-data.mjs', import.meta.url));
const skylake = 'Skylake-SP / bare / simulator / 6.1.170-xperf / KPTI off / demo';
const kernel = '6.1.170-xperf';
const guest = 'Cascade Lake / vm / simulator / 6.1.170-xperf / KPTI unknown / demo';
const boards = [...boardFiles(readQueries(new URL('../queries/', import.meta.url))).values()].map(
  (text) => JSON.parse(text) as BoardJson,
);
const simulated = {
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

describe('the boards in Grafana’s own code', () => {
  let database: FreshDatabase;
  let grafana: pg.Client;
  /** By board and title. */
  const seen = new Map<string, FieldSeen[]>();

  async function inputOf(panel: PanelJson, values: typeof simulated) {
    return { panel, targets: await targetsOf(grafana, panel, values, demoRange) };
  }

  beforeAll(async () => {
    database = await freshDatabase();
    await demoReadModel(database);
    grafana = new pg.Client({ connectionString: database.readerUrl });
    await grafana.connect();
    const { rows } = await grafana.query<{ run: string }>(
      `SELECT run_id::text AS run FROM runs WHERE state = 'completed' AND host_id = $1 ORDER BY ended_at LIMIT 1`,
      [demoHosts.skylake],
    );
    for (const { title, panels } of boards) {
      const inputs = [];
      for (const panel of panels.filter(({ type }) => type !== 'row')) {
        inputs.push(await inputOf(panel, { ...simulated, run: rows[0]?.run ?? '' }));
      }
      const { stdout, stderr, status } = spawnSync(process.execPath, [program], {
        input: JSON.stringify(inputs),
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      for (const panel of JSON.parse(stdout) as { title: string; fields: FieldSeen[] }[])
        seen.set(`${title}: ${panel.title}`, panel.fields);
    }
  });
  afterAll(async () => {
    await grafana.end();
    await database.drop();
  });

  const fieldsOf = (start: string): FieldSeen[] => {
    const found = [...seen].find(([title]) => title.startsWith(start));
    if (found === undefined) throw new Error(`no panel ${start}`);
    return found[1];
  };
  const field = (start: string, name: string): FieldSeen => {
    const found = fieldsOf(start).find((one) => one.field === name);
    if (found === undefined)
      throw new Error(
        `${start} has no ${name}: ${fieldsOf(start)
          .map((one) => one.field)
          .join(', ')}`,
      );
    return found;
  };

  it('names the lines of the medians as the variable does, a generation in its colour', () => {
    const panel = 'Trends: Median over time';
    expect(fieldsOf(panel).map((one) => one.field)).toEqual(['time', guest, skylake]);
    expect(field(panel, skylake)).toMatchObject({
      unit: 'ns',
      first: expect.stringMatching(/^\d+(\.\d+)? ns$/),
      color: expect.stringMatching(/^#[0-9a-f]{6}$/),
    });
    const change = field('Trends: Change under each boot state', skylake);
    expect(change.color).toBe(field(panel, skylake).color);
    expect(change.color).not.toBe(field(panel, guest).color);
  });

  it('leaves the names of a band bare, so that the band between p5 and p95 is filled', () => {
    const panel = 'Generation → host: Band';
    const middle = 'p50, in a band from p5 to p95';
    expect(fieldsOf(panel).map((one) => one.field)).toEqual(['time', 'p5', middle, 'p95', 'p99']);
    expect(field(panel, middle)).toMatchObject({
      unit: 'ns',
      first: expect.stringMatching(/^\d+(\.\d+)? ns$/),
    });
    expect(field(panel, 'p95').custom).toMatchObject({ fillBelowTo: 'p5', lineWidth: 0 });
    expect(field(panel, middle).custom['fillBelowTo']).toBeUndefined();
  });

  it('shows a microcode as it is written, and an absent one as its cell’s text', () => {
    const panel = 'Operations: Hosts that serve';
    expect(field(panel, 'microcode')).toMatchObject({ type: 'string', first: '0x10', unit: null });
    expect(field(panel, 'completed runs')).toMatchObject({ first: '17', last: '18', unit: 'short' });
    expect(field(panel, 'last seen').unit).toBe('dateTimeFromNow');
  });

  it('paints a figure without a verdict in the colour of text', () => {
    const totals = fieldsOf('Operations: Totals');
    expect(new Set(totals.map(({ color }) => color)).size).toBe(1);
    expect(totals.map((one) => [one.field, one.unit])).toContainEqual(['faults lost', 'percentunit']);
    expect(field('Operations: Totals', 'faults lost').first).toMatch(/^0\.\d+%$/);
    expect(field('Compare generations: b / a', 'b / a')).toMatchObject({
      color: totals[0]?.color,
      first: expect.stringMatching(/^\d\.\d{3}$/),
    });
  });

  it('gives each column of a comparison its own unit', () => {
    const panel = 'Compare generations: Sides';
    const shown = (name: string) => field(panel, name).first;
    expect(shown('median of host medians')).toMatch(/ cycles$/);
    expect(shown('nanoseconds')).toMatch(/^\d+(\.\d+)? ns$/);
    expect(shown('runs')).toBe('17');
    expect(shown('samples')).toMatch(/ K$/);
  });

  it('names points by their side, and lets each open its run', () => {
    const panel = 'Compare generations: Run medians';
    expect(fieldsOf(panel).map((one) => one.field)).toEqual(['time', 'a: ${a}', 'b: ${b}', 'host', 'run']);
    const point = field(panel, 'b: ${b}');
    expect(point).toMatchObject({ type: 'number', unit: 'ns' });
    expect(point.links[0]).toContain('var-run=${__data.fields["run"]:percentencode}');
    expect(field('Generation → host: Run medians', 'run median').links[0]).toContain('var-run=');
  });

  it('gives a timeline a lane for each fact, in words and in one colour', () => {
    const lanes = fieldsOf('Generation → host: Boot states over time').filter(({ type }) => type === 'string');
    expect(lanes.map((lane) => [lane.field, lane.first])).toEqual([
      ['kernel', '6.1.170-xperf'],
      ['KPTI', 'off'],
      ['microcode', '0x10'],
      ...[
        ['SMT', expect.any(String)],
        ['generation', 'Skylake-SP'],
        ['boot state', expect.stringMatching(/^[0-9a-f]{8}$/)],
      ],
    ]);
    expect(new Set(lanes.map(({ color }) => color)).size).toBe(1);
  });

  it('paints a generation in a table as its line', () => {
    const line = field('Trends: Median over time', skylake).color;
    const rung = fieldsOf('Compare generations: Ladder').find((one) => one.field === 'generation');
    expect(rung?.first).toBe('Skylake-SP');
    expect(rung?.color).toBe(line);
  });

  it('names both sides of the distribution', () => {
    expect(fieldsOf('Compare generations: Distribution').map((one) => one.field)).toEqual(['a', 'b']);
  });

  it.each([
    ['Median over time', 'A', [1, 2, 3], [1, 2, 8]],
    ['Change under each boot state', 'A', [1, 2, 3], [1, 2, 8]],
    // A day of each week; a month.
    ['Change under each boot state', 'weeks', [1, 8, 21], [1, 8, 23]],
    ['Change under each boot state', 'months', [1, 32, 60], [1, 32, 92]],
  ])(
    '%s, query %s: joins points that lie as far apart as runs do, and parts longer silence',
    (start, refId, near, far) => {
      const { panels } = boards[0] as (typeof boards)[number];
      const panel = panels.find(({ title }) => title.startsWith(start)) as PanelJson;
      const columns = [
        { name: 'time', kind: 'time' },
        { name: 'metric', kind: 'text' },
        { name: 'p50', kind: 'number' },
      ];
      const nullsOf = (days: readonly number[]): number => {
        const rows = days.map((day) => [new Date(Date.UTC(2026, 10, day)), 'x', 400]);
        const input = [{ panel, targets: [{ refId, format: 'time_series', columns, rows }] }];
        const { stdout } = spawnSync(process.execPath, [program], { input: JSON.stringify(input), encoding: 'utf8' });
        const [{ fields }] = JSON.parse(stdout) as [{ fields: FieldSeen[] }];
        return fields.find((one) => one.field === 'x')?.nulls ?? -1;
      };
      expect(nullsOf(near)).toBe(0);
      expect(nullsOf(far)).toBeGreaterThan(0);
    },
  );
});
