// One board in one situation, drawn by Grafana's own components in Chromium; `npm run boards:shots` draws all of them.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import pg from 'pg';
import { launch } from '../../../test/browser/chromium.js';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { boardFiles } from '../../boards.js';
import { readQueries } from '../../queries.js';
import { demoRange, demoReadModel } from '../../testing/demo-read-model.js';
import type { BoardJson } from '../panel-inputs.js';
import { bundlePage } from './bundle.mjs';
import { drawingFaults, fillBoard, showBoard } from './draw-board.js';

jest.setTimeout(300_000);

const boards = [...boardFiles(readQueries(new URL('../../queries/', import.meta.url))).values()].map(
  (text) => JSON.parse(text) as BoardJson,
);
const compare = boards.find(({ uid }) => uid === 'xperf-fleet-compare') as BoardJson;

describe('the board Compare generations, drawn', () => {
  let database: FreshDatabase;
  let grafana: pg.Client;
  let browser: Browser;
  let bundled: { script: string; style: string };
  beforeAll(async () => {
    database = await freshDatabase();
    await demoReadModel(database);
    grafana = new pg.Client({ connectionString: database.readerUrl });
    await grafana.connect();
    bundled = await bundlePage();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await grafana.end();
    await database.drop();
  });

  it('has no fault, draws every panel, cuts no heading off and names its lines', async () => {
    const filled = await fillBoard(grafana, compare, demoRange, { provenance: 'simulated' });
    const { page, faults } = await showBoard(browser, bundled, filled, { mode: 'light', width: 1500 });
    expect([...faults, ...(await drawingFaults(page))]).toEqual([]);
    const shown = (await page.locator('main').innerText()).split('\n').map((line) => line.trim());
    expect(shown).toEqual(expect.arrayContaining([`a: ${String(filled.values['a'])}`]));
  });

  it('says which panel PostgreSQL refused and which heading is cut off', async () => {
    const refused = structuredClone(compare);
    for (const target of refused.panels.flatMap(({ targets = [] }) => targets)) target.rawSql = 'SELECT 1 FROM events';
    const filled = await fillBoard(grafana, refused, demoRange, { provenance: 'simulated' });
    const { page } = await showBoard(browser, bundled, filled, { mode: 'dark', width: 640 });
    const found = await drawingFaults(page);
    expect(found).toContainEqual(expect.stringMatching(/^Sides.*permission denied for table events/));
  });
});
