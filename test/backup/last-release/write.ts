// Made xperf.dump, roles.sql and answers.json.gz here: a fleet of 3456f37c, the last release that landed, as PostgreSQL's own tools
// dump it, and what its API said of it. To make them again, of a later release: git worktree add ../old RELEASE, npm run setup there,
// put this file and ../debian-postgres.ts at the same places in that tree, then
// node --import ./test/typescript-loader.mjs test/backup/last-release/write.ts FOLDER
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { prepareDatabase } from '#database-setup';
import { createCoordinator } from '../../../apps/coordinator/src/coordinator.js';
import { readSettings } from '../../../apps/coordinator/src/environment.js';
import { DebianPostgres } from '../debian-postgres.js';

const hosts = ['haswell-ep', 'zen3', 'skylake-sp'].map((machine) => ({
  hostId: `sim-${machine}`,
  machine,
  executors: ['simulator'],
  labels: { rack: machine === 'zen3' ? 'r2' : 'r1' },
}));
const jobs = [
  { name: 'all hosts', selector: '*', faults: 300, runsPerHost: 4, seed: 9 },
  { name: 'one host, longer', hosts: ['sim-haswell-ep'], faults: 1_000, runsPerHost: 3, seed: 8 },
];
/** Submitted when its worker has gone: what an upgrade finds waiting. */
const open = { name: 'open', hosts: ['sim-zen3'], faults: 300, runsPerHost: 2, seed: 7 };
/** The last one goes over runs of one host alone, which can be equal or inconclusive only. */
const comparisons = [
  'a=host=sim-haswell-ep&b=host=sim-zen3',
  'a=host=sim-skylake-sp&b=host=sim-zen3',
  'a=rack=r1&b=rack=r2',
  'a=host=sim-zen3&b=host=sim-zen3',
];

const [, , folder = '.'] = process.argv;
const key = `xf_admin_${'0'.repeat(43)}`;
const server = await DebianPostgres.make();
server.initialize('data');
server.start('data');
try {
  server.run('createdb xperf');
  const passwords = { coordinator: 'secret12', worker: 'secret12' };
  await prepareDatabase(
    server.url('xperf'),
    fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)),
    passwords,
  );
  const settings = readSettings({ DATABASE_URL: server.url('xperf', 'coordinator'), PORT: '0', XF_LOCAL_KEY: key });
  const coordinator = await createCoordinator(settings, pino({ level: 'warn' }));
  const url = await coordinator.listen();
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const reply = await fetch(`${url}${path}`, { ...init, headers });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    return reply.json();
  };

  // What the worker says to its coordinator, written down on the way.
  const said: { method: string; path: string; body: unknown }[] = [];
  const between = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const { method = '', url: path = '' } = request;
      const alike = said.some((one) => one.method === method && one.path === path);
      if (!alike) said.push({ method, path, body: JSON.parse(body) as unknown });
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const reply = await fetch(`${url}${path}`, { method, body, headers: { authorization, 'content-type': type } });
      response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? '' });
      response.end(await reply.text());
    })();
  });
  await once(between.listen(0, '127.0.0.1'), 'listening');
  const { key: workerKey } = (await ask('/v1/keys', { name: 'w1', role: 'worker' })) as { key: string };
  const worker = spawn(process.execPath, ['dist/apps/worker/src/main.js'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: server.url('xperf', 'worker'),
      COORDINATOR_URL: `http://127.0.0.1:${(between.address() as AddressInfo).port}`,
      WORKER_KEY: workerKey,
      WORKER_ID: 'w1',
      WORKER_HOSTS: JSON.stringify(hosts),
    },
  });
  const idsOf = async (path: string, id: string): Promise<string[]> =>
    ((await ask(path)) as { items: Record<string, string>[] }).items.map((item) => item[id] ?? '');
  while ((await idsOf('/v1/hosts', 'hostId')).length < hosts.length) await pause(100);
  for (const job of jobs) {
    const { jobId } = (await ask('/v1/jobs', job)) as { jobId: string };
    while (((await ask(`/v1/jobs/${jobId}`)) as { state: string }).state !== 'ended') await pause(100);
  }
  while (!said.some(({ path }) => path.endsWith('heartbeat'))) await pause(100);
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  between.close();
  const waiting = (await ask('/v1/jobs', open)) as { jobId: string };
  const stateOf = async (): Promise<Record<string, number>> =>
    ((await ask(`/v1/jobs/${waiting.jobId}`)) as { runs: Record<string, number> }).runs;
  while ((await stateOf())['queued'] !== open.runsPerHost) await pause(100);
  // Roll-ups are two seconds behind at most.
  await pause(5_000);

  const jobIds = await idsOf('/v1/jobs', 'jobId');
  const runIds = await idsOf('/v1/runs?limit=100', 'runId');
  const paths = [
    ...['/v1/hosts', '/v1/jobs', '/v1/runs?limit=100', '/v1/keys'],
    ...jobIds.flatMap((jobId) => [`/v1/jobs/${jobId}`, `/v1/jobs/${jobId}/results`]),
    ...runIds.map((runId) => `/v1/runs/${runId}`),
    ...comparisons.map((sides) => `/v1/compare?metric=u2k&${sides}`),
  ];
  const answers: Record<string, unknown> = {};
  for (const path of paths) answers[path] = await ask(path);
  const document = await ask('/docs-json');
  await coordinator.stop();
  server.run('pg_dumpall --globals-only --file=roles.sql');
  server.run('pg_dump --format=custom --compress=9 --file=xperf.dump xperf');
  for (const name of ['roles.sql', 'xperf.dump']) await copyFile(join(server.folder, name), join(folder, name));
  await writeFile(
    join(folder, 'answers.json.gz'),
    gzipSync(JSON.stringify({ workerKey, said, answers, document }), { level: 9 }),
  );
} finally {
  server.stop('data');
  server.remove();
}
