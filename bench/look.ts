// What a night's look at a whole fleet costs: `npm run bench:look [-- HOSTS]`. An embedded PostgreSQL of its own, two metrics a host, 200 days;
// in every tenth rack of ten hosts a step, on one of six days. The first look stores findings, the second meets them. bench/results/look.json.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { bootFieldsOf, deriveLabels } from '#contracts';
import { createPrisma } from '#event-store';
import { hashBootState } from '#lifecycle';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { takeLook } from '../apps/coordinator/src/regressions/take-look.js';
import { bootStateOf } from '../test/fleet/hosts.js';
import { keepReport } from './report.js';

const hosts = Number(process.argv[2] ?? 5_000);
/** One rack in so many has a step. */
const everyRack = 10;

const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
try {
  const databaseUrl = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(databaseUrl, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const state = bootStateOf('Haswell-EP');
  const hash = hashBootState(state);
  await client.query('INSERT INTO boot_states VALUES ($1, $2, now(), $3)', [hash, state, bootFieldsOf(state)]);
  await client.query(
    `INSERT INTO segments SELECT 'h' || i, 'simulator', 'simulated', $1, $2::jsonb || jsonb_build_object('host', 'h' || i, 'rack', 'r' || i / 10),
            now() - interval '4800 hours', now() FROM generate_series(1, ${hosts}) AS i`,
    [hash, JSON.stringify(deriveLabels('h', {}, state, 'simulated'))],
  );
  await client.query('SELECT setseed(0.5)');
  // Normal noise of 1.4 %, as bench:regressions has it.
  const noise = `(1 + 0.014 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))`;
  const step = `CASE WHEN (i / 10) % ${everyRack} = 0 AND ago < 10 + (i / 10) % 60 THEN 1.08 ELSE 1 END`;
  await client.query(
    `INSERT INTO daily_series (day, host_id, boot_state_hash, executor, probe, metric, provenance, runs, samples, q1_cycles, p50_cycles,
                               q3_cycles, q1_ns, p50_ns, q3_ns, histogram, level_cycles, level_ns, run_sd)
       SELECT date_trunc('day', now(), 'UTC') - ago * interval '24 hours', 'h' || i, $1, 'simulator', 'pf', metric, 'simulated', 5, 5000,
              level, level, level, level / 2.3, level / 2.3, level / 2.3, '\\x00', level, level / 2.3, 0.014 * (0.5 + random())
         FROM generate_series(1, ${hosts}) AS i, generate_series(0, 199) AS ago, unnest(ARRAY['u2k', 'k2u']) AS metric,
              LATERAL (SELECT 400 * ${noise} * ${step} AS level) AS drawn`,
    [hash],
  );
  await client.query('VACUUM ANALYZE');
  const db = createPrisma(databaseUrl, { poolSize: 4 });
  const look = async () => {
    const [began, nowMs] = [performance.now(), Date.now()];
    const at = { sinceMs: nowMs, nowMs, everyMs: 86_400_000, leaseMs: 30_000, correlationId: randomUUID() };
    const tally = await takeLook({ db, ...at });
    return { seconds: Math.round(performance.now() - began) / 1_000, ...tally };
  };
  const [first, second] = [await look(), await look()];
  const { rows } = await client.query<{ type: string; count: number }>(
    `SELECT type, count(*)::integer AS count FROM events GROUP BY type ORDER BY type`,
  );
  await keepReport('look', {
    ...{ load: loadavg()[0], hosts, days: 200, racksWithStep: Math.ceil(hosts / 10 / everyRack) },
    ...{ first, second, heapMegabytes: Math.round(process.memoryUsage().heapUsed / 1e6) },
    events: Object.fromEntries(rows.map(({ type, count }) => [type, count])),
  });
  await client.end();
  await db.$disconnect();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
