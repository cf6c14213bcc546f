// How many runs get through queue and store in a second, beside bare BullMQ on the same backend in the same run.
// `npm run bench:queue` prints JSON and writes it to bench/results/queue.json. Always on PostgreSQL (an embedded one of
// its own); on Redis too when QUEUE_URL names one: QUEUE_URL=redis://127.0.0.1:6379 npm run bench:queue
// `-- --hosts 200` takes so many hosts instead of 4, and keeps what it found as queue-200.json.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { type ConnectionOptions, DEFAULT_SCHEMA, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import type { RunTicket } from '#contracts';
import { parserVersion } from '#dmesg';
import {
  appendTogether,
  createPrisma,
  newId,
  readStream,
  type PrismaClient,
  WrongExpectedVersionError,
} from '#event-store';
import { ensureDatabase, ensureLogin, migrate, startEmbeddedPostgres } from '#postgres';
import { backendOf, migrateQueue, openQueue, RunLanes, RunQueue, type QueueConnection } from '#queue';
import { encodeSamples } from '#samples';
import { operational } from '../apps/coordinator/src/projections/operational.js';
import { follow } from '../apps/coordinator/src/read-model/follow.js';
import { Reconciler } from '../apps/coordinator/src/reconcile/reconciler.js';
import { RunLog, type RunStore, type WorkerCommand } from '../apps/worker/src/attempt/run-log.js';
import { bootStateOf, simulatedHost } from '../test/fleet/hosts.js';
import { causeOf, observeBootState, samplesFrom, submitJob, tellRun } from '../test/fleet/story.js';
import { cpuMsOf } from './budget/cpu.js';
import { keepReport } from './report.js';

const rounds = 5;
const { values: given } = parseArgs({ args: process.argv.slice(2), options: { hosts: { type: 'string' } } });
const hostCount = Number(given.hosts ?? 4);
const hostIds = Array.from({ length: hostCount }, (_, index) => `h${index + 1}`);
/** 200 runs a round over 4 hosts, 1,000 over 200. */
const runsPerHost = hostCount <= 20 ? 50 : 5;
const runsPerRound = hostIds.length * runsPerHost;
const samplesPerRun = 1_000;
const project = fileURLToPath(new URL('..', import.meta.url));
const hosts = hostIds.map((hostId) => simulatedHost(hostId));
const bootState = bootStateOf('Haswell-EP');
const samples = samplesFrom(300, samplesPerRun);
const payload = { samples: encodeSamples(samples), raw: deflateSync('x'.repeat(10_000)) };

const fail = (error: unknown): never => {
  throw error;
};

interface Bench {
  /** Stored, for runs to name. */
  bootStateHash: string;
  db: PrismaClient;
  producing: QueueConnection;
  consuming: QueueConnection;
  /**
   * What BullMQ's own queues and workers connect with. On PostgreSQL a database of their own, with BullMQ's functions as they are
   * (`migrateQueue` leaves its events out); each worker keeps one of the pool's connections, to listen on.
   */
  bare: ConnectionOptions;
}

/** Counts down; `done` resolves at zero. */
function countdown(from: number) {
  let left = from;
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const count = (): void => {
    left -= 1;
    if (left === 0) finish();
  };
  return { count, done };
}

/** The store as `RunLog` wants it, without a worker's token. */
function storeOf(db: PrismaClient): RunStore {
  return {
    read: (stream) => readStream(db, stream),
    append: (stream, version, events, cause) => appendTogether(db, stream, version, events, cause),
    observe: () => Promise.resolve(),
    newId,
    now: () => new Date(),
    isOvertaken: (error) => error instanceof WrongExpectedVersionError,
    isPermanent: () => true,
  };
}

const impatient = { giveUpAfterMs: 60_000, tryLimitMs: 60_000, signal: new AbortController().signal, onRetry: fail };

/** What a worker does with a ticket, without the executor: one read and two appends. */
async function work(db: PrismaClient, bootStateHash: string, { runId, attempt }: RunTicket): Promise<void> {
  const log = await RunLog.open(storeOf(db), runId, causeOf('bench:queue'), impatient);
  // A ticket is only a hint: where the read model lags, put-back puts those of runs that have ended meanwhile.
  if (log.run.state !== 'queued' || log.run.request.attempt !== attempt) return;
  const started = { workerId: 'bench', nonce: '0badcafe', provenance: 'simulated', labels: {} } as const;
  const batch = { probe: 'pf', cpu: 0, interrupted: 1, firstSeq: 0, lastSeq: samplesPerRun - 1 } as const;
  const range = { rawFrom: 0, rawTo: 10_000 };
  const counts = { faults: samplesPerRun, lost: 0, rejected: 0, damagedLines: 0, rawBytes: 10_000 };
  const recorded = { ...batch, ...range, samples: samplesPerRun, metrics: ['u2k' as const, 'k2u' as const] };
  const ended = { ...counts, overheadCycles: 20, durationMs: 1, parserVersion };
  const start: WorkerCommand = { command: { type: 'start', attempt, data: { ...started, bootStateHash } } };
  const record: WorkerCommand = { command: { type: 'record', attempt, data: recorded }, payload };
  const complete: WorkerCommand = { command: { type: 'complete', attempt, data: ended } };
  await log.commit([start], impatient);
  await log.commit([record, complete], impatient);
}

/** Lanes of every host that do the work; `done` once a round's runs are through. */
function startLanes({ db, bootStateHash, consuming }: Bench) {
  const { count, done } = countdown(runsPerRound);
  const handle = (ticket: RunTicket) => work(db, bootStateHash, ticket).then(count);
  const lanes = new RunLanes({ connection: consuming, hostIds, handle, onError: fail });
  lanes.start();
  const close = () => lanes.close({ graceMs: 10_000 });
  return { done, close };
}

/** RunQueued, ticket, lane, RunStarted, samples, RunCompleted; no coordinator. */
async function queueAndStore(bench: Bench): Promise<void> {
  const { db, producing } = bench;
  const queue = new RunQueue(producing, fail);
  const { done, close } = startLanes(bench);
  const jobId = newId();
  const tickets: RunTicket[] = [];
  for (let index = 0; index < runsPerRound; index += 1) {
    const runId = newId();
    const hostId = hostIds[index % hostIds.length] ?? '';
    const order = { runId, jobId, hostId, attempt: 1, executor: 'simulator', probe: 'pf', replicate: index } as const;
    const rest = { faults: samplesPerRun, warmup: 0, timeoutMs: 60_000, priority: 'normal', seed: 1 } as const;
    await tellRun(db, runId, { type: 'queue', request: { ...order, ...rest } });
    tickets.push({ contractVersion: 2, runId, jobId, hostId, attempt: 1, correlationId: jobId });
  }
  await queue.putAll(tickets.map((ticket) => ({ ticket, priority: 'normal' })));
  await done;
  await close();
  await queue.close();
}

/** A job from its submission to its end: read model and reconciler beside the lanes. */
async function wholeCoordinator(bench: Bench): Promise<void> {
  const { db, producing } = bench;
  const queue = new RunQueue(producing, fail);
  const onEnded = (): void => subscription.nudge({ hurry: true });
  const reconciler = new Reconciler({ db, queue, leaseMs: 3_600_000, onError: fail, onEnded });
  const ended = countdown(1);
  const { jobId } = await submitJob(db, hosts, { faults: samplesPerRun, runsPerHost });
  const subscription = follow(operational, {
    db,
    onError: fail,
    onAdvance: (_, events) => {
      reconciler.wake();
      if (events.some((event) => event.type === 'JobCompleted' && event.data.jobId === jobId)) ended.count();
    },
  });
  const { close } = startLanes(bench);
  subscription.start();
  reconciler.start();
  await ended.done;
  await close();
  await reconciler.stop();
  await subscription.stop();
  await queue.close();
}

/** The same number of jobs over as many queues, one worker each, with nothing to do. */
async function bareBullMq({ consuming, bare }: Bench): Promise<void> {
  const { count, done } = countdown(runsPerRound);
  const names = hostIds.map((hostId) => `bare.${hostId}`);
  const workers = names.map(
    (name) =>
      new Worker(
        name,
        () => {
          count();
          return Promise.resolve();
        },
        { connection: bare, concurrency: 1, removeOnComplete: { count: 0 } },
        consuming.factory,
      ),
  );
  const queues = names.map((name) => new Queue(name, { connection: bare }, consuming.factory));
  for (const queue of queues) {
    await queue.addBulk(
      Array.from({ length: runsPerHost }, () => {
        const ticket = { runId: randomUUID(), jobId: randomUUID(), hostId: 'h1', attempt: 1 };
        return { name: 'run', data: ticket, opts: { jobId: `${ticket.runId}-1`, priority: 2, removeOnComplete: true } };
      }),
    );
  }
  await done;
  await Promise.all([...workers, ...queues].map((each) => each.close()));
}

const ways = { bareBullMq, queueAndStore, wholeCoordinator };
type Way = keyof typeof ways;
const names = Object.keys(ways) as Way[];

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

async function measureBackend(
  db: PrismaClient,
  postgresPid: number,
  urls: { producer: string; lanes: string; bare: string },
) {
  const consuming = openQueue({ url: urls.lanes, onError: fail }, 'lanes');
  const pool = new pg.Pool({ connectionString: urls.bare, max: hostIds.length + 8, options: '-c search_path=bullmq' });
  // Each queue and worker that BullMQ makes of it listens to its errors.
  pool.setMaxListeners(0);
  const bench = {
    db,
    bootStateHash: await observeBootState(db, bootState),
    producing: openQueue({ url: urls.producer, onError: fail }, 'producer'),
    consuming,
    bare: consuming.backend === 'postgres' ? pool : consuming.options,
  };
  const runsPerSecond: Record<Way, number[]> = { bareBullMq: [], queueAndStore: [], wholeCoordinator: [] };
  const cpuMsPerRun: Record<Way, { node: number[]; postgres: number[] }> = {
    bareBullMq: { node: [], postgres: [] },
    queueAndStore: { node: [], postgres: [] },
    wholeCoordinator: { node: [], postgres: [] },
  };
  // The first round warms caches and compilers and is not counted; each next one begins with another way.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      const [began, node, postgres] = [performance.now(), process.cpuUsage(), cpuMsOf(postgresPid)];
      await ways[name](bench);
      const seconds = (performance.now() - began) / 1_000;
      if (round === 0) continue;
      const { user, system } = process.cpuUsage(node);
      runsPerSecond[name].push(Math.round(runsPerRound / seconds));
      cpuMsPerRun[name].node.push((user + system) / 1_000 / runsPerRound);
      cpuMsPerRun[name].postgres.push((cpuMsOf(postgresPid) - postgres) / runsPerRound);
    }
  }
  await Promise.all([bench.producing.close(), bench.consuming.close(), pool.end()]);
  /** Median of the rounds' own ratios: both ways met the same neighbours in a round. */
  const ratio = (way: Way): number =>
    Number(median(runsPerSecond[way].map((rate, i) => rate / (runsPerSecond.bareBullMq[i] ?? NaN))).toFixed(3));
  return {
    medianRunsPerSecond: Object.fromEntries(names.map((name) => [name, median(runsPerSecond[name])])),
    medianCpuMsPerRun: Object.fromEntries(
      names.map((name) => {
        const { node, postgres } = cpuMsPerRun[name];
        return [name, { node: Number(median(node).toFixed(2)), postgres: Number(median(postgres).toFixed(2)) }];
      }),
    ),
    medianRatio: {
      'queueAndStore / bareBullMq': ratio('queueAndStore'),
      'wholeCoordinator / bareBullMq': ratio('wholeCoordinator'),
    },
    runsPerSecond,
  };
}

/** BullMQ's tables and functions, nothing of ours. */
async function asItIs(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await runMigrations(client, DEFAULT_SCHEMA);
  await client.end();
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
  // Bare BullMQ keeps a connection for each worker.
  const maxConnections = 100 + hostCount;
  const cluster = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    maxConnections,
    log: () => undefined,
  });
  const admin = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(admin, join(project, 'prisma/migrations'));
  await migrateQueue(admin);
  const password = randomUUID();
  await ensureLogin(admin, { name: 'bench', role: 'xf_coordinator', password });
  const url = new URL(admin);
  url.username = 'bench';
  url.password = password;
  const db = createPrisma(url.href, { poolSize: 10 });
  await ensureDatabase(cluster.adminUrl, 'bare');
  await asItIs(cluster.url('bare'));
  const redis = process.env['QUEUE_URL'];
  try {
    const report = {
      what:
        `runs/s over ${hostCount} hosts. ` +
        'bareBullMq: addBulk and one idle worker a queue; queueAndStore: RunQueued, ticket, lane, ' +
        'RunStarted, samples, RunCompleted; wholeCoordinator: a job from submission to JobCompleted with read model and reconciler',
      measuredAt: new Date().toISOString(),
      machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
      setting: { rounds, hosts: hostIds.length, runsPerRound, samplesPerRun, fsync: true },
      postgres: await measureBackend(db, cluster.pid, {
        producer: url.href,
        lanes: url.href,
        bare: cluster.url('bare'),
      }),
      ...(redis !== undefined && backendOf(redis) === 'redis'
        ? { redis: await measureBackend(db, cluster.pid, { producer: redis, lanes: redis, bare: redis }) }
        : { redisLeftOut: 'name a Redis by QUEUE_URL=redis://… to measure it too' }),
    };
    await keepReport(hostCount === 4 ? 'queue' : `queue-${hostCount}`, report);
  } finally {
    await db.$disconnect();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
