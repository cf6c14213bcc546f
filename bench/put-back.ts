// What a look for lost tickets costs while many hosts wait: `node --import ./test/typescript-loader.mjs bench/put-back.ts`
// prints JSON. An embedded PostgreSQL of its own; QUEUE_URL=redis://… puts the tickets there.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { append, appendMany, createPrisma } from '#event-store';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { migrateQueue, openQueue, RunQueue } from '#queue';
import { putBackLostTickets } from '../apps/coordinator/src/reconcile/put-back-lost-tickets.js';
import { Redis } from 'ioredis';

const hosts = Number(process.argv[2] ?? 10_000);
const fail = (error: unknown): never => {
  throw error;
};

/** Hosts with one queued run each, as the read model has them; nobody works on them. */
const fill = `
  INSERT INTO jobs (job_id, spec, body_hash, submitted_by, correlation_id, submitted_at, state, runs_total)
  VALUES (gen_random_uuid(), '{"priority": "normal"}', '', 'bench', gen_random_uuid(), now() - interval '1 hour', 'running', ${hosts});
  INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, attempt, faults, queued_at)
  SELECT gen_random_uuid(), job_id, 'h' || i, 'simulator', 'pf', i, 1, 'queued', 1, 1000, now() - interval '1 hour'
    FROM jobs, generate_series(1, ${hosts}) AS i`;

const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-bench-'));
const cluster = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
try {
  const url = cluster.url('bench');
  await ensureDatabase(cluster.adminUrl, 'bench');
  await migrate(url, fileURLToPath(new URL('../prisma/migrations', import.meta.url)));
  await migrateQueue(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const db = createPrisma(url, { poolSize: 10 });
  const queueUrl = process.env['QUEUE_URL'] ?? url;
  const connection = openQueue({ url: queueUrl, onError: fail }, 'producer');
  const queue = new RunQueue(connection, fail);
  const redis = queueUrl.startsWith('redis') ? new Redis(queueUrl) : undefined;
  const context = { db, queue, append, appendMany, onError: fail, batchSize: 500 };
  /** Statements that either backend has run so far. */
  const statements = async (): Promise<number> => {
    if (redis) return Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
    const { rows } = await client.query<{ calls: number }>(
      `SELECT pg_stat_clear_snapshot(), xact_commit::float8 AS calls FROM pg_stat_database WHERE datname = 'bench'`,
    );
    return rows[0]?.calls ?? NaN;
  };
  const measure = async (what: string, act: () => Promise<unknown>) => {
    const [before, cpu, began] = [await statements(), process.cpuUsage(), performance.now()];
    const result = await act();
    const { user, system } = process.cpuUsage(cpu);
    const seconds = Math.round(performance.now() - began) / 1_000;
    // PostgreSQL counts a session's statements a second later at most.
    await new Promise((done) => setTimeout(done, 1_500));
    const ran = (await statements()) - before;
    console.log(JSON.stringify({ what, result, seconds, cpuSeconds: (user + system) / 1e6, statements: ran }));
  };
  console.log(JSON.stringify({ hosts, queue: connection.backend, load: loadavg()[0] }));
  await measure('no host waits: usual look', () => putBackLostTickets(context, { graceMs: 5_000, all: false }));
  await client.query(fill);
  await measure('all tickets lost', () => putBackLostTickets(context, { graceMs: 5_000, all: false }));
  await measure('usual look, every 5 s', () => putBackLostTickets(context, { graceMs: 5_000, all: false }));
  await measure('look at all, every 60 s', () => putBackLostTickets(context, { graceMs: 5_000, all: true }));
  redis?.disconnect();
  await queue.close();
  await connection.close();
  await db.$disconnect();
  await client.end();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
