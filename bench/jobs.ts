// Large jobs on a coordinator of its own, without workers: how long submitting takes until the reply, until every run is
// queued, and cancelling until every run has ended. `npm run bench:jobs` prints JSON and writes it to bench/results/jobs.json.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { contractVersion } from '#contracts';
import { PostgresServer } from '../test/chaos/postgres-server.js';
import { simulatedHost } from '../test/fleet/hosts.js';
import { cpuMsOf, residentMb } from './budget/cpu.js';
import { coordinatorOf } from './coordinator-of.js';
import { keepReport } from './report.js';

const hosts = 1_000;
const port = 39_417;
const project = fileURLToPath(new URL('..', import.meta.url));
const key = `xf_admin_${randomBytes(32).toString('base64url')}`;
const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-jobs-'));
const postgres = await PostgresServer.start(join(folder, 'postgres'), join(project, 'prisma/migrations'));
const url = `http://127.0.0.1:${port}`;
const coordinator = coordinatorOf({ postgres, folder, port, key });

async function ask<T>(path: string, method = 'GET', body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const reply = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 600_000;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > limit) throw new Error('not within ten minutes');
    await new Promise((done) => setTimeout(done, 50));
  }
}

const count = (sql: string): Promise<number> =>
  postgres.asAdmin(async (client: pg.Client) => (await client.query<{ n: number }>(sql)).rows[0]?.n ?? 0);
const runsIn = (jobId: string, state: string): Promise<number> =>
  count(`SELECT count(*)::integer AS n FROM runs WHERE job_id = '${jobId}' AND state = '${state}'`);

/** Seconds by the clock, and of CPU in coordinator and PostgreSQL. */
async function timed(act: () => Promise<void>): Promise<{ seconds: number; cpuSeconds: number }> {
  const cpuMs = (): number => cpuMsOf(coordinator.pid ?? 0) + cpuMsOf(postgres.pid);
  const [from, cpuFrom] = [performance.now(), cpuMs()];
  await act();
  const round = (ms: number): number => Number((ms / 1_000).toFixed(2));
  return { seconds: round(performance.now() - from), cpuSeconds: round(cpuMs() - cpuFrom) };
}

async function measure(runs: number): Promise<object> {
  let jobId = '';
  const submitted = await timed(async () => {
    const spec = { selector: '*', runsPerHost: runs / hosts, faults: 1_000, warmup: 0 };
    ({ jobId } = await ask<{ jobId: string }>('/v1/jobs', 'POST', spec));
  });
  const queued = await timed(() => until(async () => (await runsIn(jobId, 'queued')) === runs));
  const cancelled = await timed(async () => {
    await ask(`/v1/jobs/${jobId}/cancel`, 'POST', {});
    await until(async () => (await runsIn(jobId, 'abandoned')) === runs);
  });
  const eventBytes = await count(
    `SELECT length(data::text) AS n FROM events WHERE stream = 'job-${jobId}' AND type = 'JobSubmitted'`,
  );
  return { runs, submitted, queued, cancelled, eventBytes, coordinatorMb: residentMb(coordinator.pid ?? 0) };
}

try {
  coordinator.start();
  await until(() => ask('/v1/hosts?limit=1').then(() => true));
  const session = { contractVersion, instanceId: randomUUID(), sessionId: randomUUID() };
  for (let from = 0; from < hosts; from += 250) {
    const some = Array.from({ length: 250 }, (_, index) => simulatedHost(`host-${from + index}`));
    await ask('/v1/workers/w1', 'PUT', { ...session, hosts: some });
  }
  const small = [];
  for (let round = 0; round < 3; round += 1) small.push(await measure(10_000));
  const large = process.argv.includes('--large') ? [await measure(100_000)] : [];
  await keepReport('jobs', {
    what: 'jobs over 1,000 hosts that nobody serves: until the reply to the submission, from there until all runs are queued, and from the cancellation until all have ended',
    command: `npm run bench:jobs${large.length > 0 ? ' -- --large' : ''}`,
    measuredAt: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
    rounds: [...small, ...large],
  });
} finally {
  await coordinator.stop(6_000);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
