import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { boardFiles } from './boards.js';
import { tablesOf } from './needs.js';
import { dataSource } from './postgres-query.js';
import { readQueries } from './queries.js';

interface PanelJson {
  id: number;
  type: string;
  title: string;
  description?: string;
  repeat?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: unknown;
  targets?: { refId: string; datasource: unknown; rawSql: string; format: string }[];
  fieldConfig?: {
    defaults: {
      unit?: string;
      noValue?: string;
      color?: object;
      custom?: { drawStyle?: string; spanNulls?: number; insertNulls?: number; barMaxWidth?: number };
    };
    overrides: { matcher: { id: string; options: string }; properties: object[] }[];
  };
  options?: { legend?: { showLegend: boolean; calcs?: string[] } };
}
interface VariableJson {
  name: string;
  type: string;
  hide?: number;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
  skipUrlSync?: boolean;
  query: string;
  current?: { value?: string | string[] };
  datasource?: unknown;
}
interface BoardJson {
  uid: string;
  title: string;
  schemaVersion: number;
  id?: number;
  panels: PanelJson[];
  templating: { list: VariableJson[] };
  annotations?: { list?: { target: { rawSql: string } }[] };
}

const queries = readQueries(new URL('queries/', import.meta.url));
const files = boardFiles(queries);
const committed = new URL('provisioning/boards/', import.meta.url);
const boards = [...files].map(([name, text]) => [name, JSON.parse(text) as BoardJson] as const);

describe('the committed boards', () => {
  it('are what the code builds (else: npm run dashboards:build)', () => {
    const onDisk = readdirSync(committed).map(
      (name) => [name, readFileSync(new URL(name, committed), 'utf8')] as const,
    );
    expect(new Map(onDisk)).toEqual(files);
  });

  it('are the same bytes each time', () => {
    expect(boardFiles(queries)).toEqual(files);
  });

  it('use every query', () => {
    const used = [...files.values()].join('\n');
    for (const [name, sql] of queries) {
      const start = JSON.stringify(sql.split(/:\w|:['"]/)[0]).slice(1, -1);
      expect({ name, used: used.includes(start) }).toEqual({ name, used: true });
    }
  });
});

describe.each(boards)('%s', (_name, board) => {
  const panels = board.panels.filter(({ type }) => type !== 'row');
  const chosen = board.templating.list.filter(({ skipUrlSync }) => skipUrlSync !== true);

  it('is classic JSON that file provisioning takes, with a stable uid and no instance id', () => {
    expect(board.schemaVersion).toBe(42);
    expect(board.uid).toMatch(/^[a-z-]{8,40}$/);
    expect(board.id).toBeUndefined();
  });

  it('has unique panel ids, rows included', () => {
    const ids = board.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => Number.isInteger(id) && id > 0)).toBe(true);
  });

  it('lays panels out inside the grid without overlap', () => {
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))('%s says what it shows', (_title, panel) => {
    expect(panel.description?.length).toBeGreaterThan(40);
    const { defaults, overrides } = panel.fieldConfig ?? {};
    const numbers = overrides?.find(({ matcher }) => matcher.id === 'byType' && matcher.options === 'number');
    // As a table's default, Grafana would apply the unit to text, too: 0x4a as 74.
    expect(Boolean(defaults?.unit)).toBe(!['table', 'state-timeline'].includes(panel.type));
    if (panel.type === 'table') expect(numbers?.properties).toEqual([{ id: 'unit', value: expect.any(String) }]);
    // Colour means a verdict, and a total has none; without one, Grafana paints by a threshold of 80.
    if (panel.type === 'stat') expect(defaults?.color).toEqual({ mode: 'fixed', fixedColor: 'text' });
    if (defaults?.custom?.drawStyle === 'line')
      expect([defaults.custom.spanNulls, defaults.custom.insertNulls]).toEqual(Array(2).fill(36 * 3_600_000));
    if (defaults?.custom?.drawStyle === 'bars') expect(defaults.custom.barMaxWidth).toBe(10);
    expect(panel.fieldConfig?.defaults.noValue).toBeTruthy();
    const sql = panel.targets?.map(({ rawSql }) => rawSql).join('\n') ?? '';
    expect(panel.title).toContain(sql.includes('${provenance:') ? '$provenance' : '· any provenance');
    expect(panel.datasource).toEqual(dataSource);
    expect(panel.targets?.length).toBeGreaterThan(0);
    const refIds = panel.targets?.map(({ refId }) => refId) ?? [];
    expect(new Set(refIds).size).toBe(refIds.length);
    for (const target of panel.targets ?? []) expect(target.datasource).toEqual(dataSource);
    if (panel.type === 'timeseries') expect(panel.options?.legend?.showLegend).toBe(true);
  });

  it('always shows one provenance, never several', () => {
    const provenance = chosen[0];
    expect(provenance).toMatchObject({ name: 'provenance', multi: false, includeAll: false });
    expect(provenance?.hide ?? 0).toBe(0);
    expect(provenance?.query).toContain(`'measured', 'emulated', 'simulated', 'unknown', 'imported'`);
  });

  it('keeps its variables free of raw SQL values', () => {
    for (const variable of board.templating.list) {
      expect(variable.allValue).toBeUndefined();
      if (variable.type === 'query') expect(variable.datasource).toEqual(dataSource);
    }
  });

  /** What is asked of every board that shows figures of runs, and of those that show cells or lengths of time. */
  it('offers what may be chosen, as far as its panels know it', () => {
    const names = board.templating.list.map(({ name }) => name);
    const asked = (name: string) => JSON.stringify([board.panels, board.templating]).includes(`\${${name}:sqlstring}`);
    for (const name of ['probe', 'metric', 'noise', 'unit', 'kernel', 'kpti', 'group', 'a', 'b', 'host'])
      if (names.includes(name)) expect({ name, asked: asked(name) }).toEqual({ name, asked: true });
    const needed = {
      Trends: ['probe', 'metric', 'noise', 'unit', 'kernel', 'kpti', 'group'],
      'Compare generations': ['probe', 'metric', 'noise', 'unit', 'kernel', 'kpti', 'a', 'b'],
      'Generation → host': ['probe', 'metric', 'noise', 'unit', 'host'],
      'Mitigations and kernels': ['probe', 'metric', 'noise'],
      'Virtualization tax': ['probe', 'metric', 'noise'],
    }[board.title];
    expect(names).toEqual(expect.arrayContaining(needed ?? []));
    // What is asked of the data begins with something that has data; the others with their first value.
    for (const { type, current } of board.templating.list) if (type === 'custom') expect(current?.value).toBeTruthy();
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))('%s leads on from what it names', (_title, panel) => {
    const overrides = panel.fieldConfig?.overrides ?? [];
    const linked = (matches: (matcher: { id: string; options: unknown }) => boolean): boolean =>
      overrides.some(({ matcher, properties }) => matches(matcher) && JSON.stringify(properties).includes('"links"'));
    const sql = panel.targets?.map(({ rawSql }) => rawSql).join('\n') ?? '';
    const last = sql.slice(sql.lastIndexOf('\nSELECT ') + 1);
    for (const column of ['host', 'run', 'finding', 'first host', 'slowest host', 'most changed host'])
      if (panel.type === 'table' && last.includes(`AS "${column}"`))
        expect({ column, linked: linked(({ options }) => options === column) }).toEqual({ column, linked: true });
    const [generation] = /(?<=AS ")generations?(?=")|(?<=host\.)generation(?=,)/.exec(last) ?? [];
    if (panel.type === 'table' && generation !== undefined)
      expect({ generation, linked: linked(({ options }) => options === generation) }).toEqual({
        generation,
        linked: true,
      });
    if (panel.type === 'timeseries' && last.includes('AS "run"'))
      expect(linked(({ id, options }) => id === 'byType' && options === 'number')).toBe(true);
    if (panel.type === 'timeseries' && sql.includes('cell AS metric'))
      expect(linked(({ id, options }) => id === 'byRegexp' && options === '/.*/')).toBe(true);
  });

  it('paints a generation in its colour, whatever shows it', () => {
    for (const { title, type, targets, fieldConfig } of panels) {
      const sql = targets?.map(({ rawSql }) => rawSql).join('\n') ?? '';
      const overrides = JSON.stringify(fieldConfig?.overrides ?? []);
      if (type === 'table' && /AS "generations?"|host\.generation,/.test(sql))
        expect({ title, coloured: overrides.includes('Cascade Lake') }).toEqual({ title, coloured: true });
      if (type === 'timeseries' && sql.includes('cell AS metric'))
        expect({ title, coloured: overrides.includes('Cascade Lake') }).toEqual({ title, coloured: true });
    }
  });

  it('shows verdicts in their colours, and nothing else in them', () => {
    for (const { title, targets, fieldConfig } of panels) {
      const said = targets?.some(({ rawSql }) => rawSql.includes('AS "verdict"')) ?? false;
      expect({ title, mapped: JSON.stringify(fieldConfig ?? {}).includes('"inconclusive"') }).toEqual({
        title,
        mapped: said,
      });
    }
  });

  it('gives every line a colour for a reason: Grafana’s own would make the first failure green', () => {
    for (const { title, type, fieldConfig } of panels)
      if (type === 'timeseries' && fieldConfig?.defaults.color === undefined)
        expect({ title, coloured: JSON.stringify(fieldConfig?.overrides).includes('"fixedColor"') }).toEqual({
          title,
          coloured: true,
        });
  });

  it('lists the last, lowest and highest value of each line', () => {
    for (const { title, type, options } of panels)
      if (type === 'timeseries')
        expect({ title, calcs: options?.legend?.calcs }).toEqual({ title, calcs: ['lastNotNull', 'min', 'max'] });
  });

  it('has one panel that answers where the others are refused', () => {
    const asks = panels.filter(({ title }) => title.startsWith('What can’t be read'));
    expect(asks).toHaveLength(1);
    expect(tablesOf([asks[0]?.targets?.[0]?.rawSql ?? ''])).toEqual([]);
  });

  it('lets a text stand in for each query that may be refused, and no link choose it', () => {
    const all = [
      ...panels.flatMap(({ targets = [] }) => targets.map(({ rawSql }) => rawSql)),
      ...board.templating.list.filter(({ type }) => type === 'query').map(({ query }) => query),
      ...(board.annotations?.list ?? []).map(({ target }) => target.rawSql),
    ];
    for (const sql of all.filter((text) => tablesOf([text]).length > 0))
      expect(sql).toMatch(/^(\$\{unread\w*:raw\})\n[^]*\n\1$/);
    const raw = new Set([...all.join('\n').matchAll(/\$\{(\w+):raw\}/g)].map(([, name]) => name));
    const hidden = board.templating.list.filter(({ hide, skipUrlSync }) => hide === 2 && skipUrlSync === true);
    expect(new Set(hidden.map(({ name }) => name))).toEqual(new Set(['unreadable', ...raw]));
    expect(board.templating.list[0]?.name).toBe('unreadable');
    // As long as a text stands in, names of columns are not cut off by PostgreSQL.
    for (const [, name = ''] of JSON.stringify(hidden).matchAll(/AS \\"(can’t be read.*?)\\"/g))
      expect(Buffer.byteLength(name)).toBeLessThan(64);
  });

  it('names every panel differently', () => {
    const titles = panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('asks only for variables that it has', () => {
    const own = new Set(board.templating.list.map(({ name }) => name));
    // Macros end in a bracket or begin with two underscores.
    const asked = JSON.stringify(board).matchAll(/\$\{?((?!__)[a-z]\w*)\b(?!\()/g);
    const unknown = [...asked].map(([, name]) => name as string).filter((name) => !own.has(name));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('links to boards that there are, with variables that they have, and keeps the range and every choice', () => {
    const own = chosen.map(({ name }) => name);
    for (const [, uid, search] of JSON.stringify(board).matchAll(
      /"url": ?"\/d\/([a-z-]+)\?([^"\\]*(?:\\.[^"\\]*)*)"/g,
    )) {
      const target = boards.find(([name]) => name === `${uid}.json`)?.[1];
      expect({ uid, there: target !== undefined }).toEqual({ uid, there: true });
      const has = target?.templating.list.map(({ name }) => name);
      const sent = [...(search ?? '').matchAll(/var-(\w+)=|\$\{(\w+):queryparam\}/g)].map(([, a, b]) => a ?? b);
      expect(has).toEqual(expect.arrayContaining(sent));
      expect(sent).toEqual(expect.arrayContaining(own.filter((name) => has?.includes(name))));
      expect(search).toContain('${__url_time_range}');
    }
  });

  it('keeps links and variables out of the controls menu', () => {
    expect(JSON.stringify(board)).not.toContain('inControlsMenu');
  });
});
