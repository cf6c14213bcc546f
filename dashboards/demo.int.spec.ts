// The boards' queries on a short demo: history that went through the store and the projections as any other.
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { historyOf, storyOf, writeHistory } from '#demo-history';
import { createPrisma } from '#event-store';
import { projections } from '../apps/coordinator/src/projections/projections.js';
import { fillProjection } from '../apps/coordinator/src/read-model/fill.js';
import { freshDatabase, type FreshDatabase } from '../test/postgres/fresh-database.js';
import { boardFiles } from './boards.js';
import { readQueries } from './queries.js';
import { expandMacros, expandVariables } from './testing/grafana-sql.js';

const options = { days: 3, hosts: 3, runs: 6, samples: 130, seed: 1, until: '2026-11-25' };
const history = historyOf(options);
const values = { provenance: 'simulated', probe: 'pf', metric: 'u2k', group: [] as string[], a: '', b: '' };
const range = { from: new Date('2026-11-22'), to: new Date('2026-11-27'), intervalMs: 3_600_000 };

jest.setTimeout(120_000);
let database: FreshDatabase;
let grafana: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  await writeHistory({ databaseUrl: database.coordinatorUrl, history });
  const db = createPrisma(database.coordinatorUrl);
  for (const projection of projections) await fillProjection(projection, { db, databaseUrl: database.coordinatorUrl });
  await db.$disconnect();
  grafana = new pg.Client({ connectionString: database.readerUrl });
  await grafana.connect();
});
afterAll(async () => {
  await grafana.end();
  await database.drop();
});

it('count the demo’s runs, losses and failures as its story tells them', async () => {
  const { rows } = await grafana.query<{ state: string; runs: number }>(
    `SELECT state, count(*)::integer AS runs FROM runs GROUP BY state`,
  );
  expect(rows.reduce((sum, { runs }) => sum + runs, 0)).toBe(history.runs);
  const { mishaps } = storyOf(history) as { mishaps: { failures: { attempts?: number; reason: string }[] } };
  const ended = mishaps.failures.filter(({ attempts, reason }) => reason !== 'lease-expired' || attempts === 3);
  expect(rows.find(({ state }) => state === 'completed')?.runs).toBe(history.runs - ended.length);
});

it('run, every one of them, on all that the demo has', async () => {
  const { rows: groups } = await grafana.query<{ group: string }>(
    `SELECT DISTINCT generation || ' / ' || virtualization || ' / ' || executor AS "group" FROM run_results ORDER BY 1`,
  );
  expect(groups.length).toBeGreaterThan(1);
  const all = groups.map(({ group }) => group);
  const chosen = { ...values, group: all, a: all[0] ?? '', b: all[1] ?? '' };
  let read = 0;
  for (const text of boardFiles(readQueries(new URL('queries/', import.meta.url))).values()) {
    const { panels } = JSON.parse(text) as { panels: { targets?: { rawSql: string }[] }[] };
    for (const { rawSql } of panels.flatMap(({ targets }) => targets ?? []))
      read += (await grafana.query(expandMacros(expandVariables(rawSql, chosen), range))).rowCount ?? 0;
  }
  expect(read).toBeGreaterThan(100);
});
