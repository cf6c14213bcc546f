// How long comparisons take over a large history: `npm run bench:compare -- [--hosts 10000] [--runs 100]` fills a database of its
// own with that many hosts and runs a host (each host with a boot state under each of two kernels), asks as GET /v1/compare does, and
// prints JSON, which it writes to bench/results/compare.json.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { compareCellsQuerySchema, compareQuerySchema } from '#contracts';
import { createPrisma } from '#event-store';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { compareCells } from '../apps/coordinator/src/compare/cells.js';
import { judge } from '../apps/coordinator/src/compare/judge.js';
import { sidesOf } from '../apps/coordinator/src/compare/sides.js';
import { keepReport } from './report.js';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '100' },
  },
});
const [hosts, runsEach] = [Number(values.hosts), Number(values.runs)];
const project = fileURLToPath(new URL('..', import.meta.url));

/** A boot state of about 2 kB, as real ones are. */
const fill = `
  INSERT INTO boot_states (boot_state_hash, boot_state, first_seen_at, fields)
    SELECT md5('boot' || h || k), jsonb_build_object('kernelCommandLine', 'BOOT_IMAGE=/vmlinuz root=UUID=' || h || ' quiet', 'pad', repeat('x', 1200)), now(),
           jsonb_build_object('microcode', '0x' || h % 100, 'smt', 'on', 'turbo', 'on', 'governor', 'performance', 'cpus', '16', 'tsc-khz', '2400000',
             'cpu-name', 'CPU-' || h % 100, 'cpuid', '6-' || h % 100 || '-2', 'command-line', 'BOOT_IMAGE-vmlinuz-root-UUID-' || h, 'fact.pinnedCpu', h % 16, 'kernel-version', '1-SMP-' || k)
           || (SELECT jsonb_object_agg('mitigation.m' || m, 'Mitigation:-something-' || m) FROM generate_series(1, 18) m)
      FROM generate_series(1, $1::int) h, generate_series(0, 1) k;
  `;
const fillRuns = `
  INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, provenance, labels, boot_state_hash, faults, ended_at, samples)
    SELECT md5('run' || h || '/' || r)::uuid, ('0192f0c1-2345-7abc-8def-' || lpad(to_hex(r / 10), 12, '0'))::uuid, 'host-' || h, 'stock-host', 'pf', h, r, 'completed', 'measured',
           jsonb_build_object('host', 'host-' || h, 'generation', 'Gen-' || h % 100, 'uarch', 'gen' || h % 100, 'vendor', 'GenuineIntel', 'virt', 'bare',
             'kernel', CASE r % 2 WHEN 0 THEN '6.1.0' ELSE '6.12.0' END, 'kernel-series', CASE r % 2 WHEN 0 THEN '6.1' ELSE '6.12' END,
             'kpti', CASE (h / 100) % 2 WHEN 0 THEN 'on' ELSE 'off' END, 'noise', 'quiet', 'provenance', 'measured', 'rack', 'r' || h % 500),
           md5('boot' || h || r % 2), 10000, now() - (($2::int - r) * interval '3 hours') - h * interval '1 second', 10000
      FROM generate_series(0, $2::int - 1) r, generate_series(1, $1::int) h`;
const fillResults = `
  INSERT INTO run_results (run_id, metric, job_id, host_id, generation, virtualization, provenance, executor, probe, ended_at, samples, invalid, interrupted,
      min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles, max_cycles, mean_cycles, tsc_khz, histogram)
    SELECT run_id, 'u2k', job_id, host_id, labels ->> 'generation', 'bare', 'measured', executor, probe, ended_at, 10000, 0, 0,
           380, 390, 395, 400 + abs(hashtext(run_id::text)) % 20, 430, 450, 500, 9001, 410, 2400000, '\\x01' FROM runs`;

const kernels = { a: 'kernel-series=6.1', b: 'kernel-series=6.12', metric: 'u2k' };
const questions = {
  'two sides of 10,000 runs, each of its own boot state': kernels,
  'of the last 90 days': { ...kernels, since: '90d' },
  'of one job in a hundred': { ...kernels, a: 'kernel-series=6.1,job=JOB', b: 'kernel-series=6.12,job=JOB' },
  'one generation in a hundred': {
    ...kernels,
    a: 'generation=Gen-7,kernel-series=6.1',
    b: 'generation=Gen-7,kernel-series=6.12',
  },
  'one host': { ...kernels, a: 'host=host-7,kernel-series=6.1', b: 'host=host-7,kernel-series=6.12' },
  'one microcode in a hundred': {
    ...kernels,
    a: 'microcode=0x7,kernel-series=6.1',
    b: 'microcode=0x7,kernel-series=6.12',
  },
  'before and after': { a: '*', before: '6d', metric: 'u2k' },
  'nothing in a window': { ...kernels, until: '2001-01-01' },
};

/** `cpuMs` is this process's, PostgreSQL's not among it: less at the mercy of a busy machine than `ms`. */
async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; cpuMs: number; result: T }> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: Math.round(performance.now() - began), cpuMs: Math.round((user + system) / 1_000), result };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
  const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
  const url = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(url, join(project, 'prisma/migrations'));
  const db = createPrisma(url, { poolSize: 2 });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(fill, [hosts]);
    await client.query(fillRuns, [hosts, runsEach]);
    await client.query(fillResults);
    await client.query('VACUUM ANALYZE');
    const job = '0192f0c1-2345-7abc-8def-000000000000';
    const answers: Record<string, unknown> = {};
    for (const [name, asked] of Object.entries(questions)) {
      const query = compareQuerySchema.parse(JSON.parse(JSON.stringify(asked).replaceAll('JOB', job)));
      const ask = () => timed(async () => judge(query, ...(await sidesOf(db, query))));
      const cold = await ask();
      const warm = await ask();
      const { a, b, refusals, verdict } = warm.result;
      answers[name] = {
        ms: warm.ms,
        cpuMs: warm.cpuMs,
        firstMs: cold.ms,
        runs: [a.runs, b.runs],
        hosts: a.hosts.length,
        verdict,
        refusals: refusals.map(({ kind, field }) => `${kind} ${field ?? ''}`),
      };
      process.stderr.write(`${name}: ${JSON.stringify(answers[name])}\n`);
    }
    const byCells = compareCellsQuerySchema.parse({ ...kernels, by: 'generation,kpti' });
    const cells = await timed(async () => compareCells(byCells, ...(await sidesOf(db, byCells))));
    answers['a matrix of 200 cells'] = { ms: cells.ms, cpuMs: cells.cpuMs, cells: cells.result.cells.length };
    process.stderr.write(`${JSON.stringify(answers['a matrix of 200 cells'])}\n`);
    const report = {
      what: 'ms from the question to the answer, both sides read from the database and judged; without HTTP',
      measuredAt: new Date().toISOString(),
      machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version, load: loadavg()[0] },
      setting: { hosts, runs: hosts * runsEach, bootStates: 2 * hosts },
      answers,
    };
    await keepReport('compare', report);
  } finally {
    await client.end();
    await db.$disconnect();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
