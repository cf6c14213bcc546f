// What a run costs: statements, commits, fsyncs, WAL and CPU by process, in a fleet of built programs as `npm start` runs
// them, on a PostgreSQL of its own. `npm run bench:budget` prints JSON and writes it to bench/results/budget.json;
// `-- --small` is a minute's form of it for a commit message. --hosts, --runs, --faults, --idle, --workers, --flags, --out.
// `-- --heartbeats` starts the fleet once more with many heartbeats a second: what they take beyond an idle fleet is theirs.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { memoryEnvironment } from '../apps/cli/src/up/child.js';
import { Daemon } from '../test/chaos/daemon.js';
import { PostgresServer } from '../test/chaos/postgres-server.js';
import { cpuMsOf, residentMb } from './budget/cpu.js';
import { dearest, prepareCounting, type ServerCounts, serverCounts } from './budget/server-counts.js';

const project = fileURLToPath(new URL('..', import.meta.url));
const text = { type: 'string' } as const;
const { values: given } = parseArgs({
  args: process.argv.slice(2),
  options: {
    small: { type: 'boolean' },
    heartbeats: { type: 'boolean' },
    hosts: text,
    runs: text,
    faults: text,
    idle: text,
    workers: text,
    out: text,
    flags: text,
  },
});
const setting = {
  hosts: Number(given.hosts ?? (given.small ? 100 : 1_000)),
  runsPerHost: Number(given.runs ?? 3),
  faults: Number(given.faults ?? 1_000),
  /** How long the fleet is left alone, s. */
  idleSeconds: Number(given.idle ?? (given.small ? 5 : 20)),
  workers: Number(given.workers ?? 1),
  nodeFlags: given.flags ?? '',
};
const flags = setting.nodeFlags.split(' ').filter(Boolean);
/** After so long a process that has come to rest has given memory back (libs/resting-memory). */
const restMs = 12_000;
const { hosts, runsPerHost, faults, idleSeconds, workers } = setting;
/** Between two heartbeats of a worker; as few as the coordinator lets itself be told; and as often as by default. */
const heartbeatMs = { measured: 2_000, quick: 100, usual: 5_000 };
const runs = hosts * runsPerHost;
const key = `xf_admin_${randomBytes(32).toString('base64url')}`;
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

interface Moment extends ServerCounts {
  atMs: number;
  cpuMs: Record<string, number>;
}

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function until(what: string, limitMs: number, holds: () => Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > limitMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** CPU time of PostgreSQL's processes from one moment to another; sessions that ended meanwhile are left out. */
function cpuOfProcesses(from: Moment, to: Moment): Map<string, number> {
  const cpu = new Map<string, number>();
  for (const [pid, { what, cpuMs }] of to.processes)
    cpu.set(what, (cpu.get(what) ?? 0) + cpuMs - (from.processes.get(pid)?.cpuMs ?? 0));
  return cpu;
}

/** What was done from one moment to another, each figure divided. */
function between(from: Moment, to: Moment, by: number): object {
  const statements = [...to.statements].map(([about, { calls, ms }]): [string, { calls: number; ms: number }] => {
    const before = from.statements.get(about);
    return [about, { calls: round((calls - (before?.calls ?? 0)) / by), ms: round((ms - (before?.ms ?? 0)) / by, 3) }];
  });
  return {
    statements: round(statements.reduce((sum, [, { calls }]) => sum + calls, 0)),
    commits: round((to.commits - from.commits) / by),
    fsyncs: round((to.fsyncs - from.fsyncs) / by),
    walBytes: Math.round((to.walBytes - from.walBytes) / by),
    cpuMs: Object.fromEntries(
      Object.entries(to.cpuMs).map(([name, ms]) => [name, round((ms - (from.cpuMs[name] ?? 0)) / by)]),
    ),
    postgresCpuMs: Object.fromEntries(
      [...cpuOfProcesses(from, to)]
        .map(([what, ms]): [string, number] => [what, round(ms / by)])
        .filter(([, ms]) => ms > 0)
        .sort((a, b) => b[1] - a[1]),
    ),
    statementsFor: Object.fromEntries(
      statements.filter(([, { calls }]) => calls > 0).sort((a, b) => b[1].ms - a[1].ms),
    ),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-budget-'));
const postgres = await PostgresServer.start(join(folder, 'postgres'), join(project, 'prisma/migrations'));
const daemons = new Map<string, Daemon>();
// One for all that is asked while it measures: a connection for each look was two new processes of PostgreSQL a second.
let connection: pg.Client | undefined;
try {
  await postgres.asAdmin((client) => client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`));
  await postgres.stop();
  await postgres.startAgain();
  const admin = (connection = new pg.Client({ connectionString: postgres.adminUrl() }));
  await admin.connect();
  await prepareCounting(admin);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = (name: string, program: string, env: Record<string, string>): void => {
    const args = [...flags, join(project, 'dist', program)];
    const inherited = { PATH: process.env['PATH'] ?? '', HOME: folder, NODE_ENV: 'production', ...memoryEnvironment };
    const paths = { cwd: project, logFile: join(folder, `${name}.log`), clockFile: join(folder, `${name}.clock`) };
    const daemon = new Daemon({ name, command: process.execPath, args, env: { ...inherited, ...env }, ...paths });
    daemons.set(name, daemon);
    daemon.start();
  };
  const moment = async (): Promise<Moment> => {
    const pids = [...daemons].map(([name, daemon]): [string, number] => [name.replace(/-\d+$/, ''), daemon.pid ?? 0]);
    const cpuMs: Record<string, number> = { postgres: cpuMsOf(postgres.pid) };
    for (const [name, pid] of pids) cpuMs[name] = (cpuMs[name] ?? 0) + cpuMsOf(pid);
    return { atMs: performance.now(), cpuMs, ...(await serverCounts(admin)) };
  };
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const reply = await fetch(
      `${url}${path}`,
      body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
    );
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as T;
  };

  const startCoordinator = async (everyMs: number): Promise<void> => {
    start('coordinator', 'apps/coordinator/src/main.js', {
      ...{ DATABASE_URL: postgres.loginUrl('coordinator'), PORT: String(port), XF_LOCAL_KEY: key, LOG_LEVEL: 'warn' },
      ...{ LEASE_MS: '10000', HEARTBEAT_MS: String(everyMs) },
    });
    await until('coordinator', 60_000, () =>
      ask('/v1/hosts').then(
        () => true,
        () => false,
      ),
    );
  };
  const perWorker = Math.ceil(hosts / workers);
  const startWorkers = async (): Promise<void> => {
    for (let index = 0; index < workers; index += 1) {
      const served = Array.from({ length: Math.min(perWorker, hosts - index * perWorker) }, (_, at) => ({
        ...{ hostId: `h${index * perWorker + at}`, machine: 'haswell-ep', executors: ['simulator'] },
      }));
      // As a file: a variable holds 128 kB at most.
      const hostsFile = join(folder, `hosts-${index}.json`);
      await writeFile(hostsFile, JSON.stringify(served));
      start(`worker-${index}`, 'apps/worker/src/main.js', {
        ...{ DATABASE_URL: postgres.loginUrl('worker'), COORDINATOR_URL: url, WORKER_KEY: key, LOG_LEVEL: 'warn' },
        ...{ WORKER_ID: `w${index}`, WORKER_HOSTS: `@${hostsFile}`, WORKER_NOISE_CONTROL: 'off' },
      });
    }
  };
  await startCoordinator(heartbeatMs.measured);
  const beforeHosts = await moment();
  await startWorkers();
  const count = async (sql: string): Promise<number> =>
    (await admin.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${sql}`)).rows[0]?.n ?? 0;
  await until('hosts', 600_000, async () => (await count('hosts')) === hosts);
  const registrationSeconds = round((performance.now() - beforeHosts.atMs) / 1_000, 1);

  const atRest = async (settleMs: number): Promise<{ from: Moment; to: Moment; seconds: number }> => {
    await new Promise((done) => setTimeout(done, settleMs));
    const from = await moment();
    await new Promise((done) => setTimeout(done, idleSeconds * 1_000));
    const to = await moment();
    return { from, to, seconds: (to.atMs - from.atMs) / 1_000 };
  };
  const rest = await atRest(3_000);

  const before = await moment();
  // A job has 100,000 runs at most; --runs 0 looks at registration and rest alone.
  const jobs: { seconds: number }[] = [];
  const jobIds: string[] = [];
  for (let run = 0; run < runsPerHost;) {
    const some = Math.min(runsPerHost - run, Math.max(1, Math.floor(100_000 / hosts)));
    const from = performance.now();
    const { jobId } = await ask<{ jobId: string }>('/v1/jobs', {
      selector: '*',
      runsPerHost: some,
      faults,
      warmup: 100,
      seed: 1,
    });
    jobs.push({ seconds: round((performance.now() - from) / 1_000) });
    jobIds.push(jobId);
    run += some;
  }
  await until('jobs', 1_200_000, async () => (await count(`jobs WHERE state = 'ended'`)) === jobIds.length);
  const seconds = (performance.now() - before.atMs) / 1_000;
  const after = await moment();
  const completed = await count(`runs WHERE state = 'completed'`);
  const queuedEvents = await count(`events WHERE type = 'RunQueued'`);
  const { rows: waited } = await admin.query<Record<string, number | null>>(`
      SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM queued_at - submitted_at)) AS "planned to queued",
             percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - queued_at)) AS "queued to started",
             percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM runs.ended_at - started_at)) AS "started to ended"
        FROM runs JOIN jobs USING (job_id) WHERE runs.state = 'completed'`);
  const waits = Object.fromEntries(
    Object.entries(waited[0] ?? {}).map(([name, value]) => [name, round(value ?? NaN, 3)]),
  );
  const memory = (): object =>
    Object.fromEntries([...daemons].map(([name, daemon]) => [name, residentMb(daemon.pid ?? 0)]));
  const residentMbAtEnd = memory();
  await new Promise((done) => setTimeout(done, restMs));
  const residentMbAtRest = memory();
  /** What one heartbeat takes, ms of CPU by process, from the difference that many of them make to an idle fleet. */
  const heartbeatsAlone = async (): Promise<object> => {
    await Promise.all([...daemons.values()].map((daemon) => daemon.stop(6_000)));
    await startCoordinator(heartbeatMs.quick);
    await startWorkers();
    const began = (await moment()).heartbeats;
    await until('heartbeats', 60_000, async () => (await moment()).heartbeats > began);
    const quick = await atRest(restMs);
    const rateOf = ({ from, to, seconds }: typeof quick): number => (to.heartbeats - from.heartbeats) / seconds;
    const [slowRate, quickRate] = [rateOf(rest), rateOf(quick)];
    // Of PostgreSQL the coordinator's sessions alone: after a registration it vacuums for a while.
    const cpuOf = ({ from, to }: typeof quick): Record<string, number> => ({
      postgres: cpuOfProcesses(from, to).get('coordinator: xf-coordinator') ?? 0,
      coordinator: (to.cpuMs['coordinator'] ?? 0) - (from.cpuMs['coordinator'] ?? 0),
      worker: (to.cpuMs['worker'] ?? 0) - (from.cpuMs['worker'] ?? 0),
    });
    const idle = cpuOf(rest);
    const cpuMs = Object.entries(cpuOf(quick)).map(([name, ms]): [string, number] => [
      name,
      (ms / quick.seconds - (idle[name] ?? 0) / rest.seconds) / (quickRate - slowRate),
    ]);
    const sum = cpuMs.reduce((all, [, ms]) => all + ms, 0);
    return {
      perSecond: { idle: round(slowRate), many: round(quickRate) },
      cpuMs: Object.fromEntries(cpuMs.map(([name, ms]) => [name, round(ms, 3)])),
      percentOfACore: {
        [`every ${heartbeatMs.measured} ms`]: round((sum * workers * 100) / heartbeatMs.measured, 3),
        [`every ${heartbeatMs.usual} ms`]: round((sum * workers * 100) / heartbeatMs.usual, 3),
      },
    };
  };
  const heartbeat = given.heartbeats === true ? await heartbeatsAlone() : undefined;
  const report = {
    what: 'the cost of a run from submission to the end of its job, of registering a host and of an idle fleet',
    command: `npm run bench:budget -- ${process.argv.slice(2).join(' ')}`.trim(),
    measuredAt: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cpus: cpus().length,
      node: process.version,
      load: round(loadavg()[0] ?? NaN),
    },
    setting,
    runsPerSecond: round(runs / seconds, 1),
    seconds: round(seconds, 1),
    /** Of the machine's cores, by all of these processes: what is missing to 1 nobody used, or somebody else. */
    busy: round(
      Object.entries(after.cpuMs).reduce((sum, [name, ms]) => sum + ms - (before.cpuMs[name] ?? 0), 0) /
        (seconds * 1_000 * cpus().length),
    ),
    completed,
    runQueuedEvents: queuedEvents,
    submitSeconds: jobs.map((job) => job.seconds),
    medianSeconds: waits,
    perRun: between(before, after, runs),
    perHostRegistered: { seconds: registrationSeconds, ...between(beforeHosts, rest.from, hosts) },
    idlePerSecond: between(rest.from, rest.to, rest.seconds),
    ...(heartbeat === undefined ? {} : { heartbeat }),
    residentMb: { atEnd: residentMbAtEnd, atRest: residentMbAtRest },
    dearest: await dearest(admin),
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const out = given.out ?? (given.small ? undefined : join(project, 'bench/results/budget.json'));
  if (out !== undefined) {
    await mkdir(join(project, 'bench/results'), { recursive: true });
    await writeFile(out, text);
  }
  process.stdout.write(text);
} finally {
  await Promise.all([...daemons.values()].map((daemon) => daemon.stop(6_000)));
  await connection?.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
