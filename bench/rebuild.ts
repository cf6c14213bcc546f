// How fast the read models are filled from history: `npm run bench:rebuild [-- --runs 3000]` writes a demo history through the store
// into a database of its own, fills each projection by itself and then all of them as the coordinator does after an upgrade, and prints
// JSON, which it writes to bench/results/rebuild.json. Twice: many runs of 1,000 samples, and fewer of 10,000, a job's default.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { historyOf, writeHistory } from '#demo-history';
import { createPrisma, type PrismaClient } from '#event-store';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { projections } from '../apps/coordinator/src/projections/projections.js';
import { askToRebuild } from '../apps/coordinator/src/read-model/ask-to-rebuild.js';
import { fillProjection } from '../apps/coordinator/src/read-model/fill.js';
import { KeepFilled } from '../apps/coordinator/src/read-model/keep-filled.js';
import { catchUp } from '../test/fleet/read-model.js';
import { cpuMsOf } from './budget/cpu.js';
import { keepReport } from './report.js';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3000' } } });
const runs = Number(values.runs);
const hosts = 10;
const days = 10;
const migrations = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-rebuild-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });

const round = (value: number): number => Math.round(value * 100) / 100;

interface Cost {
  seconds: number;
  nodeCpuSeconds: number;
  postgresCpuSeconds: number;
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = (): [number, number] => [cpuMsOf(process.pid) - cpuMsOf(cluster.pid), cpuMsOf(cluster.pid)];
  const [from, before] = [performance.now(), cpu()];
  await work();
  const took = performance.now() - from;
  const after = cpu();
  const [node, postgres] = [after[0] - before[0], after[1] - before[1]];
  return { seconds: round(took / 1e3), nodeCpuSeconds: node / 1e3, postgresCpuSeconds: postgres / 1e3 };
}

/** Until every projection was swapped, as the coordinator's background work has it. */
async function allFilled(db: PrismaClient, databaseUrl: string): Promise<void> {
  const missing = new Set(projections.map(({ name }) => name));
  let keepFilled: KeepFilled | undefined;
  const filled = new Promise<void>((resolve, reject) => {
    const onSwap = ({ name }: { name: string }): void => {
      missing.delete(name);
      if (missing.size === 0) resolve();
    };
    keepFilled = new KeepFilled({
      db,
      databaseUrl,
      onSwap,
      onError: (_, error) => reject(error instanceof Error ? error : new Error(String(error))),
    });
    keepFilled.start();
  });
  await filled.finally(() => keepFilled?.stop());
}

async function measure(name: string, runsPerHost: number, samples: number): Promise<object> {
  const databaseUrl = cluster.url(name);
  await ensureDatabase(cluster.adminUrl, name);
  await migrate(databaseUrl, migrations);
  const history = historyOf({ days, hosts, runs: runsPerHost, samples, seed: 1, until: '2026-11-25' });
  const began = performance.now();
  await writeHistory({ databaseUrl, history });
  const writeSeconds = (performance.now() - began) / 1_000;
  const db = createPrisma(databaseUrl, { poolSize: 10 });
  try {
    await catchUp(db, databaseUrl);
    const [kept] = await db.$queryRaw<{ runs: number; samples: number; events: number }[]>`
      SELECT count(*) FILTER (WHERE state = 'completed')::float8 AS runs, sum(samples)::float8 AS samples,
             (SELECT count(*)::float8 FROM events) AS events FROM runs`;
    const { runs: completed = 0, samples: stored = 0, events = 0 } = kept ?? {};
    const filled: Record<string, Cost> = {};
    for (const projection of projections) {
      await askToRebuild(db, projection);
      filled[projection.name] = await cost(() => fillProjection(projection, { db, databaseUrl }));
    }
    for (const projection of projections) await askToRebuild(db, projection);
    const all = await cost(() => allFilled(db, databaseUrl));
    return {
      ...{ completed, samplesPerRun: samples, events, writeSeconds: round(writeSeconds), filled },
      all: {
        ...{ ...all, runsPerSecond: Math.round(completed / all.seconds) },
        samplesPerSecond: Math.round(stored / all.seconds),
        cpuMsPerRun: {
          node: round((all.nodeCpuSeconds * 1e3) / completed),
          postgres: round((all.postgresCpuSeconds * 1e3) / completed),
        },
      },
    };
  } finally {
    await db.$disconnect();
  }
}

try {
  const many = await measure('many', Math.ceil(runs / hosts / days), 1_000);
  const large = await measure('large', Math.max(1, Math.ceil(runs / hosts / days / 5)), 10_000);
  await keepReport('rebuild', {
    what: 'read models filled from history: each projection by itself, then all of them as the coordinator fills them',
    command: `npm run bench:rebuild -- --runs ${runs}`,
    measuredAt: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
    'many runs of 1,000 samples': many,
    'fewer runs of 10,000 samples': large,
  });
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
