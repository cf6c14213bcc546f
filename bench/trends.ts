// What a year of 10,000 series costs to ask for: `npm run bench:trends [-- HOSTS]`. An embedded PostgreSQL of its own, two metrics a
// host, a row a day and metric; two boot states, the second one from the middle of the year on. bench/results/trends.json.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { bootFieldsOf, deriveLabels, trendsQuerySchema, type TrendsQueryInput } from '#contracts';
import { createPrisma } from '#event-store';
import { hashBootState } from '#lifecycle';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { LogHistogram } from '#stats';
import { dayTrends } from '../apps/coordinator/src/trends/day-trends.js';
import { bootStateOf } from '../test/fleet/hosts.js';
import { monthsSql } from './history.js';
import { cpuMsOf } from './budget/cpu.js';
import { keepReport } from './report.js';

const hosts = Number(process.argv[2] ?? 5_000);
const generations = ['Haswell-EP', 'Skylake-SP', 'Zen-3', 'Zen-4'];
const states = generations.flatMap((generation) =>
  ['0x49', '0x4a'].map((microcode) => ({ ...bootStateOf(generation), microcode })),
);
/** As those of 1,000 samples around 440 cycles. */
const histogram = Buffer.from(
  LogHistogram.of(Array.from({ length: 1_000 }, (_, i) => 420 + Math.round((i % 97) ** 1.5 / 20))).toBytes(),
);
const halves = `CROSS JOIN (VALUES (0, 364, 183), (1, 182, 0)) AS half (which, first, last)`;

const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
try {
  const databaseUrl = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(databaseUrl, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const state of states) {
    const values = [hashBootState(state), state, bootFieldsOf(state)];
    await client.query('INSERT INTO boot_states VALUES ($1, $2, now(), $3)', values);
  }
  const hashes = states.map(hashBootState);
  const labels = states.map((state) => JSON.stringify(deriveLabels('h', {}, state, 'measured')));
  const hashOf = `($1::text[])[1 + 2 * (i % ${generations.length}) + which]`;
  await client.query(
    `INSERT INTO segments SELECT 'h' || i, 'stock-host', 'measured', ${hashOf},
            ($2::jsonb[])[1 + 2 * (i % ${generations.length}) + which] || jsonb_build_object('host', 'h' || i),
            now() - first * interval '24 hours', now() - last * interval '24 hours'
       FROM generate_series(1, ${hosts}) AS i ${halves}`,
    [hashes, labels],
  );
  await client.query(
    `INSERT INTO daily_series (day, host_id, boot_state_hash, executor, probe, metric, provenance, runs, samples, q1_cycles, p50_cycles,
                               q3_cycles, q1_ns, p50_ns, q3_ns, histogram, level_cycles, level_ns, run_sd)
       SELECT date_trunc('day', now(), 'UTC') - day * interval '24 hours', 'h' || i, ${hashOf}, 'stock-host', 'pf', metric, 'measured', 5, 5000,
              430 + i % 20, 440 + i % 20 + day % 7, 450 + i % 20, 190, 200 + (i % 20 + day % 7) / 2.3, 210, $2::bytea, 440, 200, 0.02
         FROM generate_series(1, ${hosts}) AS i ${halves}, generate_series(last, first) AS day, unnest(ARRAY['u2k', 'k2u']) AS metric`,
    [hashes, histogram],
  );
  await client.query(monthsSql);
  await client.query('VACUUM ANALYZE');
  const { rows: sizes } = await client.query<object>(
    `SELECT (SELECT count(*)::float8 FROM daily_series) AS rows, round(pg_total_relation_size('daily_series') / 1e6)::float8 AS megabytes,
            (SELECT count(*)::float8 FROM series_months) AS months, round(pg_total_relation_size('series_months') / 1e6)::float8 AS "megabytesOfMonths"`,
  );
  const db = createPrisma(databaseUrl, { poolSize: 4 });
  const questions: TrendsQueryInput[] = [
    { since: '365d', by: 'provenance' },
    { since: '365d', by: 'generation' },
    { since: '90d', by: 'generation' },
    { since: '365d', by: 'generation,microcode', selector: 'generation=Zen-3' },
    { since: '365d', by: 'host', limit: 50 },
    { since: '365d', by: 'host', selector: 'host=h77' },
  ];
  const asked = [];
  const cpuMs = (): number => cpuMsOf(process.pid) + cpuMsOf(cluster.pid);
  for (const question of questions) {
    const [ms, cpu]: [number[], number[]] = [[], []];
    for (let i = 0; i < 3; i += 1) {
      const [began, cpuBefore] = [performance.now(), cpuMs()];
      await dayTrends(db, trendsQuerySchema.parse({ metric: 'u2k', ...question }));
      ms.push(Math.round(performance.now() - began));
      cpu.push(cpuMs() - cpuBefore);
    }
    asked.push({ ...question, firstMs: ms[0], thenMs: Math.min(...ms.slice(1)), cpuMs: Math.min(...cpu) });
  }
  await keepReport('trends', { hosts, series: hosts * 2, load: loadavg()[0], table: sizes[0], asked });
  await db.$disconnect();
  await client.end();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
