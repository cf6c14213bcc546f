// npm run boards:shots [-- --board UID,…] [--situation NAME,…] [--out FOLDER]: a picture of every board in every situation, by Grafana's own
// components, and what is wrong with each as far as code can tell. Look at them. The demo's year needs `./xf demo`, and nobody serving it.
// FOLDER/report.json keeps what earlier runs drew; once it has all boards in all situations, docs/boards-drawn.md and the pictures of
// docs/grafana.md are written from it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { migrate, startEmbeddedPostgres } from '#postgres';
import { launch } from '../../../test/browser/chromium.js';
import { startTestCluster } from '../../../test/postgres/cluster.js';
import { freshDatabase } from '../../../test/postgres/fresh-database.js';
import { unreadableTitle } from '../../access-panel.js';
import { boardFiles } from '../../boards.js';
import { readQueries } from '../../queries.js';
import type { BoardJson } from '../panel-inputs.js';
import { bundlePage } from '../pictures/bundle.mjs';
import { drawBoard, drawingFaults, openPage, type Look } from '../pictures/draw-board.js';
import { drawnTable, inOrder, neverDrawn, type Drawn } from './drawn-table.js';
import { writeSmall } from './small-picture.js';
import { fillShortHistory, shortRange, situations, type Situation } from './situations.js';

const { values: asked } = parseArgs({
  options: { board: { type: 'string' }, situation: { type: 'string' }, out: { type: 'string', default: '.xf/shots' } },
});
const root = path.resolve(asked.out);
const everyBoard = [...boardFiles(readQueries(new URL('../../queries/', import.meta.url))).values()].map(
  (text) => JSON.parse(text) as BoardJson,
);
const boardUids = everyBoard.map(({ uid }) => uid);
const boards = everyBoard.filter(({ uid }) => asked.board === undefined || asked.board.split(',').includes(uid));
const wanted = (situation: string): boolean =>
  asked.situation === undefined || asked.situation.split(',').includes(situation);
const demoYear = 'the demo’s year';
const everySituation = [demoYear, ...Object.keys(situations)];
const everyLook: Look[] = (['light', 'dark'] as const).flatMap((mode) => [1500, 640].map((width) => ({ mode, width })));
const onePlainLook: Look = { mode: 'light', width: 1500 };
/** What the pictures in docs/grafana.md are of, where it is not the demo’s year: that has neither findings nor guests, and no coordinator. */
const inDocs: Readonly<Record<string, string>> = {
  'xperf-fleet-regressions': 'a planted step',
  'xperf-fleet-virtualization': 'guests beside bare metal',
  'xperf-fleet-operations': 'a fleet in trouble',
};

const browser = await launch();
const opened = await openPage(browser, await bundlePage());
const report: Drawn[] = [];

async function shoot(
  client: pg.Client,
  name: string,
  { range = shortRange, linked = {}, unreadable }: Situation,
  looks: readonly Look[],
  run: string,
): Promise<void> {
  for (const board of boards) {
    for (const look of looks) {
      const asked = { client, board, range, linked: { run, ...linked } };
      const shown = await drawBoard(opened, asked, look);
      const picture = `${board.uid}-${name.replaceAll(/[^a-z]+/g, '-')}-${look.mode}-${look.width}.png`;
      await shown.page.screenshot({ path: path.join(root, picture) });
      const panels = shown.figures;
      // Where texts stand in for what PostgreSQL would refuse, one panel has rows that say why.
      const explained = panels.some(({ title, rows }) => title.startsWith(unreadableTitle) && rows > 0);
      const faults = [
        ...shown.faults,
        ...(await drawingFaults(shown)).map(({ fault }) => fault),
        ...(unreadable === true && !explained ? ['nothing says what can’t be read'] : []),
      ];
      report.push({ board: board.uid, title: board.title, situation: name, ...look, picture, faults, panels });
      process.stdout.write(`${picture}: ${faults.length === 0 ? 'nothing wrong' : faults.join('; ')}\n`);
      if (faults.length > 0) process.exitCode = 1;
    }
  }
}

/** The run that the board of one run is drawn of: one with losses, if there is any. */
async function runOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ run: string }>(
    `SELECT run_id::text AS run FROM runs WHERE state = 'completed' ORDER BY lost DESC, ended_at DESC LIMIT 1`,
  );
  return rows[0]?.run ?? '';
}

async function shootDemoYear(): Promise<void> {
  const dataDir = path.resolve('.xf/demo/postgres');
  if (!existsSync(dataDir)) {
    process.stdout.write(`${demoYear}: left out, because there is no demo; ./xf demo makes it\n`);
    return;
  }
  const cluster = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const client = new pg.Client({ connectionString: cluster.url('xperf') });
  try {
    // A demo of an earlier release would say so on every board.
    await migrate(cluster.url('xperf'), 'prisma/migrations');
    await client.connect();
    await client.query('SET ROLE xf_reader');
    const { rows } = await client.query<{ until: Date }>('SELECT max(ended_at) AS until FROM runs');
    const to = new Date(Math.ceil(Number(rows[0]?.until) / 3_600_000) * 3_600_000);
    const from = new Date(Number(to) - 365 * 86_400_000);
    await shoot(client, demoYear, { range: { from, to, intervalMs: 43_200_000 } }, everyLook, await runOf(client));
  } finally {
    await client.end();
    await cluster.stop();
  }
}

async function shootSituations(): Promise<void> {
  const stop = await startTestCluster();
  try {
    const base = await freshDatabase();
    await fillShortHistory(base.coordinatorUrl);
    for (const [name, situation] of Object.entries(situations).filter(([one]) => wanted(one))) {
      const copy = await freshDatabase(base.name);
      const admin = new pg.Client({ connectionString: copy.adminUrl });
      const client = new pg.Client({ connectionString: copy.readerUrl });
      await Promise.all([admin.connect(), client.connect()]);
      await situation.change?.(admin);
      await shoot(client, name, situation, [onePlainLook], await runOf(admin));
      await Promise.all([admin.end(), client.end()]);
      await copy.drop();
    }
  } finally {
    await stop();
  }
}

/** With what earlier runs drew; the pictures of this one take the place of theirs. */
function keepReport(): Drawn[] {
  const file = path.join(root, 'report.json');
  const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Drawn[]) : [];
  const all = inOrder(boardUids, everySituation, [...report, ...earlier]);
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

async function writeDocs(all: readonly Drawn[]): Promise<void> {
  const docs = new URL('../../../docs/', import.meta.url);
  writeFileSync(new URL('boards-drawn.md', docs), drawnTable(all));
  for (const never of neverDrawn(all)) {
    process.stdout.write(`${never}: has no rows in any situation\n`);
    process.exitCode = 1;
  }
  const { mode, width } = onePlainLook;
  for (const { board, situation, picture, ...drawn } of all) {
    if (situation !== (inDocs[board] ?? demoYear) || drawn.mode !== mode || drawn.width !== width) continue;
    const name = board.replace(/^xperf-fleet-?/, '') || 'trends';
    await writeSmall(browser, path.join(root, picture), new URL(`images/boards/${name}.png`, docs));
  }
}

mkdirSync(root, { recursive: true });
try {
  if (wanted(demoYear)) await shootDemoYear();
  if (Object.keys(situations).some(wanted)) await shootSituations();
  const all = keepReport();
  const drawn = new Set(all.map(({ board, situation }) => `${board} ${situation}`));
  if (drawn.size === boardUids.length * everySituation.length) await writeDocs(all);
} finally {
  await browser.close();
}
