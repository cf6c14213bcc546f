// Appends of one small event, beside @event-driven-io/emmett-postgresql on the same server in the same rounds, by 1, 4 and 16
// writers. The rival is no dependency of ours: its packages are pinned in bench/append-rival and installed into .xf.
// `npm run bench:append-rival` prints JSON and writes it to bench/results/append-rival.json.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Cause, type EventData, runStream } from '#contracts';
import { appendMany, appendTogether, createPrisma, newId } from '#event-store';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { cpuMsOf } from './budget/cpu.js';
import { keepReport } from './report.js';

const rounds = 5;
const appendsPerRound = 480;
/** A stream's length: that of a run. */
const eventsPerStream = 4;
const writerCounts = [1, 4, 16];
const cause: Cause = { correlationId: newId(), causationId: null, actor: 'bench:append-rival' };
const project = fileURLToPath(new URL('..', import.meta.url));

/** What we use of it. */
interface Emmett {
  getPostgreSQLEventStore(
    url: string,
    options: object,
  ): {
    appendToStream(stream: string, events: object[], options: { expectedStreamVersion: bigint }): Promise<unknown>;
    schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
}

async function installRival(): Promise<{ emmett: Emmett; version: string }> {
  const folder = join(project, '.xf/append-rival');
  await mkdir(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    await cp(join(project, 'bench/append-rival', name), join(folder, name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder], { stdio: 'ignore' });
  const require = createRequire(join(folder, 'package.json'));
  const { dependencies } = require('./package.json') as { dependencies: Record<string, string> };
  const name = '@event-driven-io/emmett-postgresql';
  return { emmett: require(name) as Emmett, version: `${name} ${dependencies[name] ?? ''}` };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const eventOf = (runId: string): EventData<'RunAbandoned'> => ({
  ...{ runId, attempt: 1, reason: 'lease-expired', final: false },
});

/** So many writers at once, each with one append under way, stream after stream. */
async function byWriters(writers: number, write: (runId: string, version: number) => Promise<unknown>): Promise<void> {
  const each = async (): Promise<void> => {
    for (let done = 0; done < appendsPerRound / writers; done += eventsPerStream) {
      const runId = newId();
      for (let version = 0; version < eventsPerStream; version += 1) await write(runId, version);
    }
  };
  await Promise.all(Array.from({ length: writers }, each));
}

/** The rival keeps a connection after its `close`, which stopping the server ends under it. */
process.on('uncaughtException', (error: Error & { code?: string }) => {
  if (error.code !== '57P01') throw error;
});

const { emmett, version } = await installRival();
const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
for (const name of ['ours', 'rival']) await ensureDatabase(cluster.adminUrl, name);
await migrate(cluster.url('ours'), join(project, 'prisma/migrations'));
const connections = Math.max(...writerCounts);
const db = createPrisma(cluster.url('ours'), { poolSize: connections });
const bare = new pg.Pool({ connectionString: cluster.url('ours'), max: connections });
const rival = emmett.getPostgreSQLEventStore(`${cluster.url('rival')}?max=${connections}`, {});
try {
  await rival.schema.migrate();
  const ours = (runId: string, at: number): Promise<unknown> =>
    appendTogether(db, runStream(runId), at, [{ event: { type: 'RunAbandoned', data: eventOf(runId) } }], cause);
  const theirs = (runId: string, at: number): Promise<unknown> =>
    rival.appendToStream(runStream(runId), [{ type: 'RunAbandoned', data: eventOf(runId) }], {
      expectedStreamVersion: BigInt(at),
    });
  /** What the coordinator does with the decisions of a pass: many streams a call, each decision committed by itself. */
  const inBulk = async (): Promise<void> => {
    const runIds = Array.from({ length: appendsPerRound / eventsPerStream }, () => newId());
    for (let at = 0; at < eventsPerStream; at += 1)
      await appendMany(
        db,
        runIds.map((runId) => ({
          ...{ stream: runStream(runId), expectedVersion: at, cause },
          events: [{ event: { type: 'RunAbandoned' as const, data: eventOf(runId) } }],
        })),
      );
  };
  /** What no append can do without: a statement, and a commit that waits for the disk. */
  const flush = (): Promise<unknown> => bare.query(`SELECT pg_logical_emit_message(true, 'bench', '')`);
  const ways: [name: string, run: () => Promise<void>][] = [
    ...writerCounts.flatMap((writers): [string, () => Promise<void>][] => [
      [`append, ${writers}`, () => byWriters(writers, ours)],
      [`emmett, ${writers}`, () => byWriters(writers, theirs)],
      [`bare flush, ${writers}`, () => byWriters(writers, flush)],
    ]),
    ['appendMany', inBulk],
  ];
  const rates = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  const cpuMs = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of [...ways.slice(round % ways.length), ...ways.slice(0, round % ways.length)]) {
      const cpuFrom = cpuMsOf(process.pid);
      const from = performance.now();
      await run();
      // The first round warms caches and compilers.
      if (round === 0) continue;
      rates.get(name)?.push(Math.round((appendsPerRound / (performance.now() - from)) * 1_000));
      cpuMs.get(name)?.push((cpuMsOf(process.pid) - cpuFrom) / appendsPerRound);
    }
  }
  const medians = (of: ReadonlyMap<string, number[]>, digits: number) =>
    Object.fromEntries([...of].map(([name, values]) => [name, Number(median(values).toFixed(digits))]));
  /** Median of the rounds' own ratios: both met the same neighbours in a round. */
  const ratio = (way: string, over: string): number =>
    Number(median((rates.get(way) ?? []).map((rate, at) => rate / (rates.get(over)?.[at] ?? NaN))).toFixed(2));
  const ratios = ['append', 'appendMany', 'bare flush'].flatMap((way) =>
    writerCounts.map((writers): [string, number] => [
      `${way} / emmett, ${writers}`,
      ratio(way === 'appendMany' ? way : `${way}, ${writers}`, `emmett, ${writers}`),
    ]),
  );
  await keepReport('append-rival', {
    what:
      'appends/s of one small event with its expected version, by so many writers of one process, each waiting for its own; ' +
      'streams of 4 events. Both are committed and flushed when they return, refuse a wrong version and are all or nothing; ' +
      'ours also ignores a repeated event id, keeps a feed without gaps, and of those at the same time several share a commit ' +
      '(appendTogether). appendMany: 120 decisions a call. bare flush: an empty commit that waits for the disk',
    command: 'npm run bench:append-rival',
    measuredAt: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
    setting: { rounds, appendsPerRound, eventsPerStream, connections, fsync: true, rival: version },
    medianAppendsPerSecond: medians(rates, 0),
    medianRatio: Object.fromEntries(ratios),
    /** Of this process and of PostgreSQL, which it started. */
    medianCpuMsAnAppend: medians(cpuMs, 2),
    appendsPerSecond: Object.fromEntries(rates),
  });
} finally {
  await rival.close();
  await bare.end();
  await db.$disconnect();
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
