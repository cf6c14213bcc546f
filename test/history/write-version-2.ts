// Made test/history/version-2.json.gz: a database as 6d721a8 left it, the last state with one checkpoint for the whole read model.
// To make it again: git worktree add ../old 6d721a8, npm ci and npm run setup there, put this file at the same place in
// that tree, then  node --import ./test/typescript-loader.mjs test/history/write-version-2.ts <where to>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { pino } from 'pino';
import { createCoordinator } from '../../apps/coordinator/src/coordinator.js';
import { readSettings } from '../../apps/coordinator/src/environment.js';
import { startTestCluster } from '../postgres/cluster.js';
import { slipIn } from '../fleet/story.js';
import { freshDatabase, queueUrl } from '../postgres/fresh-database.js';
import { createPrisma } from '#event-store';
import { migrateQueue } from '#queue';

const hosts = ['haswell-ep', 'zen3', 'skylake-sp'].map((machine) => ({
  hostId: `sim-${machine}`,
  machine,
  executors: ['simulator'],
}));

const jobs = [
  { name: 'all hosts', selector: '*', faults: 400, runsPerHost: 4, seed: 9 },
  { name: 'one host, longer', hosts: ['sim-haswell-ep'], faults: 1_000, runsPerHost: 3, seed: 8 },
];

const tables = [
  ...['events', 'sample_batches', 'rederived_batches', 'checkpoints', 'hosts', 'jobs', 'runs', 'boot_states'],
  ...['label_values', 'run_results', 'run_gaps', 'hourly_results', 'set_aside_streams'],
];

const [, , target = 'version-2.json.gz'] = process.argv;
const key = `xf_admin_${'0'.repeat(43)}`;
const stopCluster = await startTestCluster();
try {
  const database = await freshDatabase();
  await migrateQueue(database.adminUrl);
  const settings = readSettings({
    DATABASE_URL: database.coordinatorUrl,
    QUEUE_URL: queueUrl(database.coordinatorUrl),
    PORT: '0',
    XF_LOCAL_KEY: key,
  });
  const coordinator = await createCoordinator(settings, pino({ level: 'warn' }));
  const url = await coordinator.listen();
  const ask = async (path: string, body?: unknown): Promise<{ jobId: string; state: string; items: unknown[] }> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const reply = await fetch(`${url}${path}`, { ...init, headers });
    if (!reply.ok) throw new Error(await reply.text());
    return (await reply.json()) as { jobId: string; state: string; items: unknown[] };
  };
  const worker = spawn(process.execPath, ['dist/apps/worker/src/main.js'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.workerUrl,
      COORDINATOR_URL: url,
      WORKER_KEY: key,
      WORKER_ID: 'w1',
      WORKER_HOSTS: JSON.stringify(hosts),
    },
  });
  while ((await ask('/v1/hosts')).items.length < hosts.length) await pause(100);
  for (const job of jobs) {
    const { jobId } = await ask('/v1/jobs', job);
    while ((await ask(`/v1/jobs/${jobId}`)).state !== 'ended') await pause(100);
  }
  const { items } = await ask('/v1/runs?limit=1');
  // An event that the release can't read, behind a run that has ended: its stream is set aside.
  const db = createPrisma(database.coordinatorUrl);
  const [{ runId }] = items as [{ runId: string }];
  await slipIn(db, `run-${runId}`, 'RunPaused', 1, { runId, attempt: 1 });
  while ((await db.setAsideStream.count()) === 0) await pause(100);
  await db.$disconnect();
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  await coordinator.stop();

  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  const dump: Record<string, unknown[]> = {};
  for (const table of tables) {
    const { rows } = await client.query<{ row: unknown }>(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`);
    dump[table] = rows.map(({ row }) => row);
  }
  await client.end();
  await writeFile(target, gzipSync(JSON.stringify(dump), { level: 9 }));
} finally {
  await stopCluster();
}
