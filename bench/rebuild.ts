// How fast the read models are filled from history: `npm run bench:rebuild [-- --runs 3000]` writes a demo history through the store
// into a database of its own, fills each projection as the coordinator does after an upgrade, one after the other, and prints JSON, which
// it writes to bench/results/rebuild.json. Twice: many runs of 1,000 samples, and fewer of 10,000, a job's default.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { historyOf, writeHistory } from '#demo-history';
import { createPrisma } from '#event-store';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { projections } from '../apps/coordinator/src/projections/projections.js';
import { askToRebuild } from '../apps/coordinator/src/read-model/ask-to-rebuild.js';
import { fillProjection } from '../apps/coordinator/src/read-model/fill.js';
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

async function measure(name: string, runsPerHost: number, samples: number): Promise<object> {
  const databaseUrl = cluster.url(name);
  await ensureDatabase(cluster.adminUrl, name);
  await migrate(databaseUrl, migrations);
  const history = historyOf({ days, hosts, runs: runsPerHost, samples, seed: 1, until: '2026-11-25' });
  const began = performance.now();
  await writeHistory({ databaseUrl, history });
  const writeSeconds = (performance.now() - began) / 1_000;
  const db = createPrisma(databaseUrl, { poolSize: 4 });
  try {
    await catchUp(db, databaseUrl);
    const [stored] = await db.$queryRaw<{ runs: number; samples: number; events: number }[]>`
      SELECT count(*) FILTER (WHERE state = 'completed')::float8 AS runs, sum(samples)::float8 AS samples,
             (SELECT count(*)::float8 FROM events) AS events FROM runs`;
    const { runs: completed = 0, samples: all = 0, events = 0 } = stored ?? {};
    const filled: Record<string, object> = {};
    let [seconds, nodeMs, postgresMs] = [0, 0, 0];
    for (const projection of projections) {
      await askToRebuild(db, projection);
      const cpu = (): [number, number] => [cpuMsOf(process.pid) - cpuMsOf(cluster.pid), cpuMsOf(cluster.pid)];
      const [from, before] = [performance.now(), cpu()];
      await fillProjection(projection, { db, databaseUrl });
      const took = (performance.now() - from) / 1_000;
      const after = cpu();
      const used = [after[0] - before[0], after[1] - before[1]] as const;
      filled[projection.name] = {
        seconds: round(took),
        nodeCpuSeconds: used[0] / 1e3,
        postgresCpuSeconds: used[1] / 1e3,
      };
      seconds += took;
      nodeMs += used[0];
      postgresMs += used[1];
    }
    return {
      ...{ completed, samplesPerRun: samples, events, writeSeconds: round(writeSeconds), filled },
      all: {
        ...{ seconds: round(seconds), runsPerSecond: Math.round(completed / seconds) },
        samplesPerSecond: Math.round(all / seconds),
        cpuMsPerRun: { node: round(nodeMs / completed), postgres: round(postgresMs / completed) },
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
    what: 'all read models filled from history, one projection after the other',
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
