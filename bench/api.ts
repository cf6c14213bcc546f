// What the API takes at 10,000 hosts and a long history: each route alone, then at 50 requests a second, then all reads in turn at
// 50 a second. `npm run bench:api [-- --runs 1000000 --hosts 10000 --seconds 4 --only compare --data FOLDER]` prints JSON and writes
// it to bench/results/api.json. FOLDER keeps the filled database for the next time.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PostgresServer } from '../test/chaos/postgres-server.js';
import { fillHistory, hostName, isFilled, standAsFilled } from './history.js';
import { ask, openLoop, oneByOne, type Asked, type Latencies } from './api/open-loop.js';
import { cpuMsOf, residentMb } from './budget/cpu.js';
import { coordinatorOf } from './coordinator-of.js';
import { keepReport } from './report.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '4' },
    rate: { type: 'string', default: '50' },
    only: { type: 'string' },
    data: { type: 'string' },
  },
});
const [hosts, perSecond, seconds] = [Number(values.hosts), Number(values.rate), Number(values.seconds)];
const nights = Math.max(1, Math.round(Number(values.runs) / hosts));
const project = fileURLToPath(new URL('..', import.meta.url));
const key = `xf_admin_${randomBytes(32).toString('base64url')}`;
const port = 39_423;
const url = `http://127.0.0.1:${port}`;

/** ms. */
interface Cpu {
  coordinator: number;
  postgres: number;
}

interface Known {
  jobIds: readonly string[];
  /** One over all hosts. */
  largeJob: string;
  runIds: readonly string[];
  cursors: { runs: string; events: string; jobs: string };
}

/** A route by what is asked; `n` counts the requests, so that they are not all about the same thing. */
type Question = (n: number, known: Known) => Asked;

const of = <T>(list: readonly T[], n: number): T => list[(n * 7_919) % list.length]!;
const host = (n: number): string => hostName((n * 7_919) % hosts);
const path = (text: string): Asked => ({ path: text });
const query = (route: string, given: Record<string, string | number>): Asked =>
  path(
    `${route}?${new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)])).toString()}`,
  );
const sides = { a: 'kernel-series=6.1', b: 'kernel-series=6.12', metric: 'u2k' };

const reads: Record<string, Question> = {
  'the fleet at a glance': () => path('/v1/fleet'),
  jobs: () => path('/v1/jobs'),
  'jobs, a later page': (_, { cursors }) => query('/v1/jobs', { cursor: cursors.jobs }),
  'jobs by name': () => query('/v1/jobs', { name: 'nightly', limit: 20 }),
  'jobs by the end of the id': (n, { jobIds }) => query('/v1/jobs', { ending: of(jobIds, n).slice(-8) }),
  'a job of 1,000 runs': (n, { jobIds }) => path(`/v1/jobs/${of(jobIds, n)}`),
  'overview of a job of 1,000 runs': (n, { jobIds }) => path(`/v1/jobs/${of(jobIds, n)}/overview`),
  'overview of a job of 10,000 runs': (_, { largeJob }) => path(`/v1/jobs/${largeJob}/overview`),
  'results of a job of 1,000 runs': (n, { jobIds }) => path(`/v1/jobs/${of(jobIds, n)}/results`),
  runs: () => path('/v1/runs'),
  'runs, a later page': (_, { cursors }) => query('/v1/runs', { cursor: cursors.runs }),
  'runs of a job': (n, { jobIds }) => query('/v1/runs', { jobId: of(jobIds, n) }),
  'runs of a host': (n) => query('/v1/runs', { hostId: host(n) }),
  'runs of a generation': () => query('/v1/runs', { selector: 'generation=Zen-3' }),
  'runs of a host, by selector': (n) => query('/v1/runs', { selector: `host=${host(n)}` }),
  'runs of a microcode': (n) => query('/v1/runs', { selector: `microcode=0x${40 + (n % 100)}` }),
  'failed runs': () => query('/v1/runs', { state: 'failed' }),
  'runs by the end of the id': (n, { runIds }) => query('/v1/runs', { ending: of(runIds, n).slice(-6) }),
  'a run': (n, { runIds }) => path(`/v1/runs/${of(runIds, n)}`),
  'a run’s histogram': (n, { runIds }) => query(`/v1/runs/${of(runIds, n)}/histogram`, { metric: 'u2k' }),
  hosts: () => path('/v1/hosts'),
  'hosts of a generation': () => query('/v1/hosts', { selector: 'generation=Zen-3' }),
  'hosts of a microcode': (n) => query('/v1/hosts', { selector: `microcode=0x${40 + (n % 100)}` }),
  'a host': (n) => path(`/v1/hosts/${host(n)}`),
  events: () => path('/v1/events'),
  'events, a later page': (_, { cursors }) => query('/v1/events', { after: cursors.events }),
  'events of a run': (n, { runIds }) => query('/v1/events', { stream: `run-${of(runIds, n)}` }),
  'results of a job by generation': (n, { jobIds }) =>
    query('/v1/results', { by: 'generation', metric: 'u2k', jobId: of(jobIds, n) }),
  'results of a host by kernel': (n) =>
    query('/v1/results', { by: 'kernel', metric: 'u2k', selector: `host=${host(n)}` }),
  'results of a day by generation': () =>
    query('/v1/results', { by: 'generation', metric: 'u2k', since: new Date(Date.now() - 172_800_000).toISOString() }),
  'compare a host’s kernels': (n) =>
    query('/v1/compare', { ...sides, a: `host=${host(n)},${sides.a}`, b: `host=${host(n)},${sides.b}` }),
  'compare a rack’s kernels': (n) =>
    query('/v1/compare', { ...sides, a: `rack=r${n % 500},${sides.a}`, b: `rack=r${n % 500},${sides.b}` }),
  'compare two jobs of 1,000 runs': (n, { jobIds }) =>
    query('/v1/compare', { metric: 'u2k', a: `job=${of(jobIds, n)}`, b: `job=${of(jobIds, n + 1)}` }),
  'compare all, 10,000 runs a side': () => query('/v1/compare', sides),
  'trend of a host': (n) => query('/v1/trends', { metric: 'u2k', by: 'host', selector: `host=${host(n)}` }),
  'trend of a rack’s hosts': (n) => query('/v1/trends', { metric: 'u2k', by: 'host', selector: `rack=r${n % 500}` }),
  'trends by generation, 90 days': () => query('/v1/trends', { metric: 'u2k', by: 'generation', since: '90d' }),
  'known changes of a rack': (n) => query('/v1/known-changes', { metric: 'u2k', selector: `rack=r${n % 500}` }),
  'known changes of all': () => query('/v1/known-changes', { metric: 'u2k' }),
  'regressions of a host': (n) => query('/v1/regressions', { host: host(n), state: 'all' }),
  projections: () => path('/v1/projections'),
  'outdated runs': () => path('/v1/replays/outdated'),
  health: () => path('/health/ready'),
  metrics: () => path('/metrics'),
};

const submissions: Record<string, Question> = {
  'submit to a host': (n) => ({
    path: '/v1/jobs',
    method: 'POST',
    body: { hosts: [host(n)], runsPerHost: 2, faults: 1_000, warmup: 0 },
  }),
  'submit to a rack': (n) => ({
    path: '/v1/jobs',
    method: 'POST',
    body: { selector: `rack=r${n % 500}`, runsPerHost: 2, faults: 1_000, warmup: 0 },
  }),
};

/** Routes that read a part of the history that grows with what is asked for. They are shown, but a mix of all has none. */
const heavy = new Set([
  ...[
    'overview of a job of 10,000 runs',
    'compare all, 10,000 runs a side',
    'trends by generation, 90 days',
    'known changes of all',
  ],
  ...['results of a day by generation'],
]);

async function json<T>(asked: Asked): Promise<T> {
  const headers = { authorization: `Bearer ${key}` };
  const reply = await fetch(`${url}${asked.path}`, { headers });
  if (!reply.ok) throw new Error(`${asked.path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-api-'));
const dataDir = values.data === undefined ? join(folder, 'postgres') : resolve(values.data);
const postgres = await PostgresServer.start(dataDir, join(project, 'prisma/migrations'));
const coordinator = coordinatorOf({ postgres, folder, port, key });

try {
  const fillSeconds = await postgres.asAdmin(async (client) => {
    if (await isFilled(client)) {
      await standAsFilled(client);
      return null;
    }
    const began = performance.now();
    await fillHistory(client, { hosts, nights });
    return Math.round((performance.now() - began) / 1_000);
  });
  const sizes = await postgres.asAdmin(async (client) => {
    const { rows } = await client.query<{ runs: number; events: number; days: number; megabytes: number }>(
      `SELECT (SELECT count(*)::float8 FROM runs) AS runs, (SELECT count(*)::float8 FROM events) AS events,
              (SELECT count(*)::float8 FROM daily_series) AS days, round(pg_database_size(current_database()) / 1e6)::float8 AS megabytes`,
    );
    return rows[0];
  });
  coordinator.start();
  const limit = performance.now() + 60_000;
  while ((await ask(url, key, path('/health/ready'))).status !== 200) {
    if (performance.now() > limit) {
      const reply = await fetch(`${url}/health/ready`).then((answer) => answer.text(), String);
      throw new Error(
        `the coordinator did not get ready within a minute: ${reply} ${await readFile(coordinator.spec.logFile, 'utf8')}`,
      );
    }
    await new Promise((done) => setTimeout(done, 100));
  }

  const known = await postgres.asAdmin(async (client): Promise<Known> => {
    const { rows: jobs } = await client.query<{ job_id: string; runs_total: number }>(
      'SELECT job_id, runs_total FROM jobs ORDER BY submitted_at DESC LIMIT 400',
    );
    const { rows: runs } = await client.query<{ run_id: string }>(
      `SELECT run_id FROM runs TABLESAMPLE system (1) WHERE state = 'completed' LIMIT 2000`,
    );
    const [page, jobsPage] = [
      await json<{ nextCursor: string }>(query('/v1/runs', { limit: 100 })),
      await json<{ nextCursor: string }>(query('/v1/jobs', { limit: 5 })),
    ];
    const { rows: events } = await client.query<{ at: string }>(
      `SELECT xid::text || ':' || position AS at FROM events WHERE position > (SELECT max(position) / 2 FROM events) ORDER BY position LIMIT 1`,
    );
    return {
      jobIds: jobs.filter((job) => job.runs_total <= 1_000).map((job) => job.job_id),
      largeJob: jobs.find((job) => job.runs_total > 1_000)?.job_id ?? jobs[0]?.job_id ?? '',
      runIds: runs.map((run) => run.run_id),
      cursors: { runs: page.nextCursor, jobs: jobsPage.nextCursor, events: events[0]?.at ?? '0:0' },
    };
  });

  const target = { url, key };
  /** Until nothing is left of what was asked before: who gave up waiting does not stop a statement under way. */
  const drained = async (): Promise<void> => {
    const until = performance.now() + 60_000;
    const busy = (): Promise<number> =>
      postgres.asAdmin(async (client) => {
        const { rows } = await client.query<{ busy: number }>(
          `SELECT count(*)::integer AS busy FROM pg_stat_activity WHERE usename = 'coordinator' AND state <> 'idle'`,
        );
        return rows[0]?.busy ?? 0;
      });
    for (let quiet = 0; quiet < 3 && performance.now() < until;) {
      const cpuMs = cpuMsOf(coordinator.pid ?? 0);
      await new Promise((done) => setTimeout(done, 100));
      quiet = (await busy()) === 0 && cpuMsOf(coordinator.pid ?? 0) - cpuMs <= 20 ? quiet + 1 : 0;
    }
  };
  /** CPU time of both processes for each request, so that a busy machine counts less. */
  const measured = async (work: () => Promise<Latencies>): Promise<Latencies & { cpuMsEach: Cpu }> => {
    const cpu = (): [number, number] => [cpuMsOf(coordinator.pid ?? 0), cpuMsOf(postgres.pid)];
    const before = cpu();
    const found = await work();
    const after = cpu();
    const each = (at: 0 | 1): number => Math.round(((after[at] - before[at]) / found.sent) * 10) / 10;
    return { ...found, cpuMsEach: { coordinator: each(0), postgres: each(1) } };
  };
  const chosen = Object.entries({ ...reads, ...submissions }).filter(
    ([name]) => values.only === undefined || name.includes(values.only),
  );
  const routes: Record<string, object> = {};
  for (const [name, question] of chosen) {
    const next = (n: number): Asked => question(n, known);
    await drained();
    const alone = await measured(() => oneByOne(target, next, { most: 20, seconds: 2 }));
    const { sent, p50Ms, maxMs, replyBytes, refused, cpuMsEach } = alone;
    const atRate = await measured(() => openLoop(target, next, { perSecond, seconds }));
    routes[name] = { alone: { sent, p50Ms, maxMs, replyBytes, ...(refused ? { refused } : {}), cpuMsEach }, atRate };
    process.stderr.write(`${name}: ${JSON.stringify(routes[name])}\n`);
  }
  let mixed: object | undefined;
  if (values.only === undefined) {
    await drained();
    const mix = Object.entries(reads).filter(([name]) => !heavy.has(name));
    mixed = await measured(() =>
      openLoop(target, (n) => mix[n % mix.length]![1](Math.floor(n / mix.length), known), {
        perSecond,
        seconds: seconds * 5,
      }),
    );
    process.stderr.write(`mixed: ${JSON.stringify(mixed)}\n`);
  }
  await keepReport('api', {
    what: 'the coordinator’s API over a history filled by SQL with the rows that its projections would have made; each route alone, then that many a second whether or not they were answered, counted from when each was due',
    command: `npm run bench:api -- --runs ${nights * hosts} --hosts ${hosts} --seconds ${seconds}`,
    measuredAt: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
    setting: { hosts, nights, perSecond, ...sizes, fillSeconds },
    coordinatorMb: residentMb(coordinator.pid ?? 0),
    routes,
    ...(mixed === undefined ? {} : { 'all reads but those over the whole fleet, in turn': mixed }),
  });
} finally {
  await coordinator.stop(6_000);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
