// One board in one situation, drawn by Grafana's own components in Chromium; `npm run boards:shots` draws all of them.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import pg from 'pg';
import { launch } from '../../../test/browser/chromium.js';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { boardFiles } from '../../boards.js';
import { readQueries } from '../../queries.js';
import { demoRange, demoReadModel } from '../../testing/demo-read-model.js';
import { valuesOf, type BoardJson } from '../panel-inputs.js';
import { bundlePage } from './bundle.mjs';
import { drawBoard, drawingFaults, openPage, type DrawingPage } from './draw-board.js';

jest.setTimeout(300_000);

const boards = [...boardFiles(readQueries(new URL('../../queries/', import.meta.url))).values()].map(
  (text) => JSON.parse(text) as BoardJson,
);
const compare = boards.find(({ uid }) => uid === 'xperf-fleet-compare') as BoardJson;

describe('the board Compare generations, drawn', () => {
  let database: FreshDatabase;
  let grafana: pg.Client;
  let browser: Browser;
  let opened: DrawingPage;
  beforeAll(async () => {
    database = await freshDatabase();
    await demoReadModel(database);
    grafana = new pg.Client({ connectionString: database.readerUrl });
    await grafana.connect();
    browser = await launch();
    opened = await openPage(browser, await bundlePage());
  });
  afterAll(async () => {
    await browser.close();
    await grafana.end();
    await database.drop();
  });

  const asked = (board: BoardJson) => ({
    ...{ client: grafana, board, range: demoRange, linked: { provenance: 'simulated' } },
  });

  it('has no fault, draws every panel, cuts no heading off and names its lines', async () => {
    const drawn = await drawBoard(opened, asked(compare), { mode: 'light', width: 1500 });
    expect([...drawn.faults, ...(await drawingFaults(drawn))]).toEqual([]);
    expect(drawn.figures.length).toBeGreaterThan(5);
    expect(drawn.figures.filter(({ answered }) => answered === 0)).toEqual([]);
    // What Grafana's own code chose of each variable is what the other tests of the boards take for chosen.
    const values = await valuesOf(grafana, compare, demoRange, { provenance: 'simulated' });
    expect(drawn.values).toEqual(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat()])),
    );
    const links = Object.values(drawn.links).flat();
    expect(links.length).toBeGreaterThan(0);
    for (const { href } of links) expect(href).not.toMatch(/\$\{|undefined/);
  });

  it('says which panel PostgreSQL refused and which heading is cut off', async () => {
    const refused = structuredClone(compare);
    for (const target of refused.panels.flatMap(({ targets = [] }) => targets)) target.rawSql = 'SELECT 1 FROM events';
    const drawn = await drawBoard(opened, asked(refused), { mode: 'dark', width: 640 });
    const found = (await drawingFaults(drawn)).map(({ fault }) => fault);
    expect(found).toContainEqual(expect.stringMatching(/^Sides.*permission denied for table events/));
  });
});
