// What the boards' queries take over two years of history: each as Grafana would ask it, as the reader, with all that can be chosen
// chosen. `npm run bench:boards [-- --runs 1000000 --times 20 --only trends --data FOLDER]` prints JSON and writes it to
// bench/results/boards.json, or boards-1000000.json. FOLDER keeps the filled database for the next time.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { boardFiles } from '../dashboards/boards.js';
import { readQueries } from '../dashboards/queries.js';
import { valuesOf, type BoardJson, type Values } from '../dashboards/render/panel-inputs.js';
import { expandMacros, expandVariables, type QueryRange } from '../dashboards/testing/grafana-sql.js';
import { PostgresServer } from '../test/chaos/postgres-server.js';
import { figuresOf, type QueryFigures } from './boards/query-figures.js';
import { fillHistory, isFilled } from './history.js';
import { keepReport } from './report.js';

const { values: given } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    times: { type: 'string', default: '20' },
    only: { type: 'string' },
    data: { type: 'string' },
  },
});
const days = 730;
const runs = Number(given.runs);
const hosts = Math.max(1, Math.round(runs / days));
/** Issue 15: at All over two years, of panels that read roll-ups and of those that read runs. */
const targetsMs = { 'roll-up': 50, run: 200 } as const;
const mostRows = 10_000;
/** As wide as a board's widest panel: two years in so many points. */
const dayMs = 86_400_000;

interface Measured extends QueryFigures {
  query: string;
  reads: keyof typeof targetsMs;
  /** Which of the limits it passes. */
  over: string[];
}

/** By what PostgreSQL reads for this range, not by what the text names: of two halves of a query one may be left out. */
async function readsOf(client: pg.Client, text: string): Promise<Measured['reads']> {
  const { rows } = await client.query<[string]>({ text: `EXPLAIN (COSTS OFF) ${text}`, rowMode: 'array' });
  return /\bon (?:run_results|runs|run_gaps)\b/.test(rows.join('\n')) ? 'run' : 'roll-up';
}

function judged(query: string, reads: Measured['reads'], figures: QueryFigures): Measured {
  const over = [
    ...(figures.p95Ms > targetsMs[reads] ? [`${targetsMs[reads]} ms`] : []),
    ...(figures.rows > mostRows ? [`${mostRows} rows`] : []),
  ];
  return { query, reads, ...figures, over };
}

async function newestRun(client: pg.Client): Promise<{ run: string; until: Date }> {
  const { rows } = await client.query<{ run: string; until: Date }>(
    `SELECT run_id::text AS run, ended_at AS until FROM runs ORDER BY ended_at DESC LIMIT 1`,
  );
  const [newest] = rows;
  if (newest === undefined) throw new Error('the history has no runs');
  return newest;
}

async function measureBoard(
  client: pg.Client,
  board: BoardJson,
  range: QueryRange,
  linked: Values,
): Promise<Measured[]> {
  const values = await valuesOf(client, board, range, linked);
  const asked = [
    ...board.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => [`variable ${name}`, query] as const),
    ...board.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ refId, rawSql }) => [targets.length > 1 ? `${title} ${refId}` : title, rawSql] as const),
    ),
    ...(board.annotations?.list ?? []).flatMap(({ name, target }) =>
      target?.rawSql === undefined ? [] : [[`marks ${name}`, target.rawSql] as const],
    ),
  ];
  const measured: Measured[] = [];
  for (const [query, sql] of asked) {
    const text = expandMacros(expandVariables(sql, values), range);
    const figures = await figuresOf(client, postgres.pid, text, Number(given.times));
    measured.push(judged(query, await readsOf(client, text), figures));
    process.stderr.write(`${board.title}: ${JSON.stringify(measured.at(-1))}\n`);
  }
  return measured;
}

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-boards-'));
const dataDir = given.data === undefined ? join(folder, 'postgres') : resolve(given.data);
const postgres = await PostgresServer.start(dataDir, join(project, 'prisma/migrations'));
try {
  const fillSeconds = await postgres.asAdmin(async (client) => {
    if (await isFilled(client)) return null;
    const began = performance.now();
    await fillHistory(client, { hosts, nights: days, events: false });
    return Math.round((performance.now() - began) / 1_000);
  });
  const client = new pg.Client({ connectionString: postgres.loginUrl('reader') });
  await client.connect();
  const { run, until } = await newestRun(client);
  const to = new Date(Math.ceil(Number(until) / dayMs) * dayMs);
  const range = { from: new Date(Number(to) - days * dayMs), to, intervalMs: dayMs };
  const boards: Record<string, Measured[]> = {};
  for (const text of boardFiles(readQueries(new URL('../dashboards/queries/', import.meta.url))).values()) {
    const board = JSON.parse(text) as BoardJson;
    if (given.only !== undefined && !board.uid.includes(given.only)) continue;
    boards[board.uid] = await measureBoard(client, board, range, { provenance: 'measured', run });
  }
  const { rows: sizes } = await client.query<object>(
    `SELECT (SELECT count(*)::float8 FROM runs) AS runs, (SELECT count(*)::float8 FROM daily_series) AS days, (SELECT count(*)::float8 FROM daily_cells) AS cells,
            (SELECT count(*)::float8 FROM monthly_levels) AS months, round(pg_database_size(current_database()) / 1e6)::float8 AS megabytes`,
  );
  await client.end();
  const over = Object.entries(boards).flatMap(([board, all]) =>
    all.filter((one) => one.over.length > 0).map((one) => `${board}: ${one.query}: ${one.over.join(', ')}`),
  );
  await keepReport(runs === 100_000 ? 'boards' : `boards-${runs}`, {
    what: 'each query of each board over two years, every choice of its variables chosen, as Grafana asks it with the reader’s login; one after the other',
    command: `npm run bench:boards -- --runs ${runs} --times ${given.times}`,
    measuredAt: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
    setting: { hosts, days, ...sizes[0], fillSeconds },
    targets: { p95Ms: targetsMs, rows: mostRows },
    over,
    boards,
  });
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
