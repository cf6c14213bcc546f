// Every alert's query as the reader: data that fires it, data that does not, no data.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../test/postgres/fresh-database.js';
import { queryText, readQueries } from '../queries.js';
import { demoReadModel } from '../testing/demo-read-model.js';
import { seriesOf, type ResultColumn } from '../testing/grafana-frame.js';
import { alertRules } from './rules.js';
import { alertCases, healthy } from './testing/cases.js';

jest.setTimeout(120_000);

const kinds: Readonly<Record<number, ResultColumn['kind']>> = {
  [pg.types.builtins.TIMESTAMPTZ]: 'time',
  [pg.types.builtins.FLOAT8]: 'number',
  [pg.types.builtins.TEXT]: 'text',
};

const queries = readQueries(new URL('.', import.meta.url));
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

  it('are all tested here, with data that call for them and data that do not', () => {
    expect(Object.keys(alertCases).sort()).toEqual(alertRules.map(({ name }) => name).sort());
    for (const cases of Object.values(alertCases))
      expect(new Set(cases.map(({ fires }) => fires))).toEqual(new Set([true, false]));
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
      return rows
        .filter((row) => Number(row.at(-1)) > rule.above)
        .map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
    }
    async function firingAfter(change: readonly string[]) {
      await admin.query('BEGIN');
      try {
        for (const statement of [...healthy, ...change]) await admin.query(statement);
        await admin.query('SET LOCAL ROLE xf_reader');
        return await firing(admin);
      } finally {
        await admin.query('ROLLBACK');
      }
    }
    const labels = [...rule.summary.matchAll(/\.Labels\.(\w+)/g)].map(([, label = '']) => label);
    it.each(alertCases[rule.name] ?? [])(`${rule.name}, $fleet: fires $fires`, async ({ fires, change }) => {
      const found = await firingAfter(change);
      expect(found.length > 0).toBe(fires);
      // What its summary names has a value: Grafana would write <no value>.
      for (const row of found) for (const label of labels) expect(row[label]).toEqual(expect.any(String));
    });
    it(`${rule.name} is silent on an empty fleet`, async () => {
      expect(await firing(reader)).toEqual([]);
    });
  }
});
