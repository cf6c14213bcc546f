// How fast stored logs are read again, and what the coordinator's other callers notice of it. The runs are copies of those
// in test/history/version-1.json.gz (5,000 and 10,000 faults). `npm run bench:replay [runs]` prints JSON and writes it to
// bench/results/replay.json.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';
import { pino } from 'pino';
import type { OutdatedRuns, ReplayReply } from '#contracts';
import { ensureDatabase, ensureLogin, startEmbeddedPostgres } from '#postgres';
import { migrateQueue } from '#queue';
import { createCoordinator } from '../apps/coordinator/src/coordinator.js';
import { readSettings } from '../apps/coordinator/src/environment.js';
import { projections } from '../apps/coordinator/src/projections/projections.js';
import { readDump, restore } from '../test/history/restore.js';
import { migrationsOfVersion1 } from '../test/history/version-1.js';
import { keepReport } from './report.js';

const [, , wanted = '4000'] = process.argv;
/** Rows of ended runs among which the outdated ones are counted. */
const rowsToCount = 1_000_000;
const key = `xf_admin_${'0'.repeat(43)}`;

/** Copies the eleven runs under new ids, a second apart, read model and all. */
const copyRuns = (copies: number): string => `
  CREATE TEMP TABLE copies AS
    SELECT run_id, gen_random_uuid() AS new_id, i FROM runs, generate_series(1, ${copies}) i;
  INSERT INTO events (event_id, xid, stream, version, type, schema_version, data, correlation_id, causation_id, actor)
    SELECT gen_random_uuid(), '0', 'run-' || new_id, version, type, schema_version,
           jsonb_set(data, '{runId}', to_jsonb(new_id)), correlation_id, causation_id, actor
      FROM copies JOIN events e ON e.stream = 'run-' || run_id ORDER BY new_id, version;
  INSERT INTO sample_batches
    SELECT gen_random_uuid(), new_id, attempt, batch, samples, raw FROM copies JOIN sample_batches b USING (run_id);
  INSERT INTO runs
    SELECT (jsonb_populate_record(r, jsonb_build_object('run_id', new_id, 'ended_at', ended_at + i * interval '1 s'))).*
      FROM copies JOIN runs r USING (run_id);
  INSERT INTO run_results
    SELECT (jsonb_populate_record(r, jsonb_build_object('run_id', new_id, 'ended_at', ended_at + i * interval '1 s'))).*
      FROM copies JOIN run_results r USING (run_id);
  UPDATE checkpoints SET position = (SELECT max(position) FROM events);
  ANALYZE`;

/** Rows alone, without events: enough to be counted. */
const copyRows = (copies: number): string => `
  INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, faults, ended_at, parser_version)
    SELECT gen_random_uuid(), job_id, host_id, executor, probe, plan_index, replicate, state, faults,
           ended_at + i * interval '1 s', parser_version
      FROM (SELECT * FROM runs LIMIT 1) r, generate_series(1, ${copies}) i`;

const quantiles = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number): number => Math.round((sorted[Math.floor(q * (sorted.length - 1))] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
};

const folder = await mkdtemp(join(tmpdir(), 'xf-bench-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
try {
  await ensureDatabase(cluster.adminUrl, 'xperf');
  const adminUrl = cluster.url('xperf');
  await restore(adminUrl, await readDump('version-1'), migrationsOfVersion1);
  await migrateQueue(adminUrl);
  await ensureLogin(adminUrl, { name: 'coordinator', role: 'xf_coordinator', password: key });
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  // A cluster that is stopped early ends this connection; what stopped it is what counts.
  admin.on('error', () => undefined);
  await admin.query(copyRuns(Math.ceil(Number(wanted) / 11)));
  // No job planned the copies, so tables that are filled from history would lack them.
  for (const { name, version, reads } of projections) {
    const row = [name, version, reads ? 0 : null];
    await admin.query(
      `INSERT INTO projections (name, version, read_generation) VALUES ($1, $2, $3)
           ON CONFLICT (name) DO UPDATE SET version = $2, read_generation = $3`,
      row,
    );
  }

  const databaseUrl = cluster.url('xperf', { name: 'coordinator', password: key });
  const settings = readSettings({ DATABASE_URL: databaseUrl, QUEUE_URL: databaseUrl, PORT: '0', XF_LOCAL_KEY: key });
  const coordinator = await createCoordinator(settings, pino({ level: 'warn' }));
  const url = await coordinator.listen();
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const reply = await fetch(`${url}${path}`, { ...init, headers });
    if (!reply.ok) throw new Error(await reply.text());
    return (await reply.json()) as T;
  };
  const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
    const begun = performance.now();
    return [await work, performance.now() - begun];
  };

  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const slicesMs: number[] = [];
  const begun = performance.now();
  let [runs, changed] = [0, 0];
  for (let cursor: string | null = null; ;) {
    const body: object = { all: true, ...(cursor === null ? {} : { cursor }) };
    const [reply, ms]: [ReplayReply, number] = await timed(ask<ReplayReply>('/v1/replays', body));
    slicesMs.push(ms);
    runs += reply.runs.length;
    changed += reply.runs.filter((run) => run.changed).length;
    cursor = reply.nextCursor;
    if (cursor === null) break;
  }
  const totalMs = performance.now() - begun;
  delay.disable();

  await admin.query(copyRows(rowsToCount));
  await admin.query('VACUUM ANALYZE runs');
  const counts: number[] = [];
  let outdated = 0;
  for (let round = 0; round < 9; round += 1) {
    const [reply, ms] = await timed(ask<OutdatedRuns>('/v1/replays/outdated'));
    counts.push(ms);
    outdated = reply.runs;
  }
  await admin.query(`UPDATE runs SET parser_version = 1`);
  await admin.query('VACUUM ANALYZE runs');
  const countsOfAll: number[] = [];
  let outdatedThen = 0;
  for (let round = 0; round < 9; round += 1) {
    const [reply, ms] = await timed(ask<OutdatedRuns>('/v1/replays/outdated'));
    countsOfAll.push(ms);
    outdatedThen = reply.runs;
  }
  await coordinator.stop();
  await admin.end();

  const result = {
    cpu: `${cpus().length} × ${cpus()[0]?.model}`,
    loadAverage: loadavg().map((load) => Math.round(load * 10) / 10),
    replay: {
      runs,
      changed,
      slices: slicesMs.length,
      msPerRun: Math.round((totalMs / runs) * 10) / 10,
      runsPerSecond: Math.round((runs / totalMs) * 1_000),
      sliceMs: quantiles(slicesMs),
      eventLoopDelayMs: { p99: Math.round(delay.percentile(99) / 1e6), max: Math.round(delay.max / 1e6) },
    },
    count: {
      rows: rowsToCount + runs,
      noneOutdatedMs: { outdated, ...quantiles(counts) },
      allOutdatedMs: { outdated: outdatedThen, ...quantiles(countsOfAll) },
    },
  };
  await keepReport('replay', result);
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
