// What filling daily_series from history and asking for groups of results cost: `npm run bench:daily-series [-- RUNS]` prints
// JSON. An embedded PostgreSQL of its own; 100 runs a host, two a day, two metrics each, the last day's not yet over.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { bootFieldsOf, groupedResultsQuerySchema, trendsQuerySchema } from '#contracts';
import { createPrisma } from '#event-store';
import { hashBootState } from '#lifecycle';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { LogHistogram } from '#stats';
import { dailySeries } from '../apps/coordinator/src/projections/daily-series.table.js';
import { operational } from '../apps/coordinator/src/projections/operational.js';
import { checkpointOf } from '../apps/coordinator/src/projections/projection.js';
import { askToRebuild } from '../apps/coordinator/src/read-model/ask-to-rebuild.js';
import { fillProjection } from '../apps/coordinator/src/read-model/fill.js';
import { groupedResults } from '../apps/coordinator/src/results/grouped-results.js';
import { dayTrends } from '../apps/coordinator/src/trends/day-trends.js';
import { bootStateOf } from '../test/fleet/hosts.js';
import { catchUp } from '../test/fleet/read-model.js';

const runs = Number(process.argv[2] ?? 100_000);
const hosts = Math.ceil(runs / 100);

/** Two boot states, each of half of the hosts. */
const bootStates = ['0x49', '0x4a'].map((microcode) => ({ ...bootStateOf('Haswell-EP'), microcode }));
const hashes = bootStates.map(hashBootState);
/** As those of 1,000 samples around 440 cycles. */
const histogram = Buffer.from(
  LogHistogram.of(Array.from({ length: 1_000 }, (_, i) => 420 + Math.round((i % 97) ** 1.5 / 20))).toBytes(),
);

/** The read model as `operational` leaves it, and of the events those that the roll-ups read. */
const rows = `
  CREATE TEMP TABLE story AS
    SELECT gen_random_uuid() AS run_id, i, 'h' || i % ${hosts} AS host_id, ($1::text[])[1 + i % ${hosts} % 2] AS hash,
           now() - (i / ${hosts}) * interval '12 hours' AS ended_at
      FROM generate_series(0, ${runs - 1}) AS i;
  INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, attempt, provenance, labels, boot_state_hash,
                    faults, started_at, ended_at, samples, seed)
    SELECT run_id, run_id, host_id, 'stock-host', 'pf', i, i, 'completed', 1, 'measured', jsonb_build_object('host', host_id, 'kpti', 'off', 'rack', 'r' || i % ${hosts} % 40),
           hash, 1000, ended_at, ended_at, 1000, i FROM story;
  INSERT INTO run_results (run_id, probe, metric, job_id, host_id, generation, virtualization, provenance, executor, ended_at, samples, invalid,
                           interrupted, min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles, max_cycles, mean_cycles, tsc_khz, histogram)
    SELECT run_id, 'pf', metric, run_id, host_id, 'Haswell-EP', 'bare', 'measured', 'stock-host', ended_at, 1000, 0,
           0, 400, 410, 430, 430 + i % 20, 450, 460, 470, 480, 440, 2300000, $2::bytea FROM story, unnest(ARRAY['u2k', 'k2u']) AS metric;
  INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, actor)
    SELECT gen_random_uuid(), 'run-' || run_id, 1, 'RunCompleted', 1,
           jsonb_build_object('runId', run_id, 'attempt', 1, 'faults', 1000, 'samples', 1000, 'batches', 1, 'lost', 0, 'rejected', 0, 'damagedLines', 0, 'rawBytes', 3,
                              'overheadCycles', 20, 'durationMs', 1, 'parserVersion', 1), gen_random_uuid(), 'bench' FROM story;
  ANALYZE`;

const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
try {
  const databaseUrl = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(databaseUrl, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const db = createPrisma(databaseUrl, { poolSize: 4 });
  await catchUp(db, databaseUrl);
  for (const [at, bootState] of bootStates.entries())
    await client.query(`INSERT INTO boot_states VALUES ($1, $2, now(), $3)`, [
      hashes[at],
      bootState,
      bootFieldsOf(bootState),
    ]);
  for (const statement of rows.split(/;\n/)) {
    const values = [...(statement.includes('$1') ? [hashes] : []), ...(statement.includes('$2') ? [histogram] : [])];
    await client.query(statement.replace('$2', `$${values.length}`), values);
  }
  await client.query(
    `INSERT INTO checkpoints (subscription, xid, position)
       SELECT $1, xid::text, position FROM events ORDER BY events.xid DESC, position DESC LIMIT 1
     ON CONFLICT (subscription) DO UPDATE SET xid = excluded.xid, position = excluded.position`,
    [checkpointOf(operational)],
  );
  const say = (line: object): void => console.log(JSON.stringify(line));
  /** The middle of five, after one that does not count. */
  const measure = async (what: string, act: () => Promise<unknown[]>): Promise<void> => {
    const found = (await act()).length;
    const ms: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const began = performance.now();
      await act();
      ms.push(performance.now() - began);
    }
    say({ what, rows: found, medianMs: Math.round(ms.sort((a, b) => a - b)[2] ?? NaN) });
  };
  say({ runs, hosts, load: loadavg()[0] });
  await askToRebuild(db, dailySeries);
  const began = performance.now();
  await fillProjection(dailySeries, { db, databaseUrl });
  const seconds = (performance.now() - began) / 1_000;
  const { rows: counted } = await client.query<{ rows: number }>('SELECT count(*)::float8 AS rows FROM daily_series');
  say({ what: 'fill daily_series', rows: counted[0]?.rows, seconds: Math.round(seconds * 10) / 10 });
  await client.query('ANALYZE');
  for (const by of ['provenance', 'microcode', 'host'])
    await measure(`GET /v1/trends by ${by}, 50 days`, async () => {
      return (await dayTrends(db, trendsQuerySchema.parse({ metric: 'u2k', since: '60d', by }))).series;
    });
  for (const query of [
    { by: 'microcode' },
    { by: 'microcode', metric: 'u2k' },
    { by: 'rack,microcode', metric: 'u2k' },
    { by: 'host', metric: 'u2k', since: new Date(Date.now() - 7 * 86_400_000).toISOString() },
  ])
    await measure(`GET /v1/results ${JSON.stringify(query)}`, async () => {
      return (await groupedResults(db, groupedResultsQuerySchema.parse(query))).rows;
    });
  await db.$disconnect();
  await client.end();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
