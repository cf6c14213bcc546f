// What taking a whole fleet out of service and back costs: `node --import ./test/typescript-loader.mjs bench/host-states.ts [hosts]`
// prints JSON. An embedded PostgreSQL of its own, the queue in it.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { append, appendMany, createPrisma, handleMany, newId } from '#event-store';
import { hostDecider } from '#lifecycle';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '#postgres';
import { migrateQueue, openQueue, RunQueue } from '#queue';
import { actOnEach } from '../apps/coordinator/src/hosts/act-on-hosts.js';
import { hostsWaitedFor } from '../apps/coordinator/src/jobs/hosts-waited-for.js';
import { operational } from '../apps/coordinator/src/projections/operational.js';
import { follow } from '../apps/coordinator/src/read-model/follow.js';
import { cancelRuns } from '../apps/coordinator/src/reconcile/cancel-runs.js';
import { putBackLostTickets } from '../apps/coordinator/src/reconcile/put-back-lost-tickets.js';
import { queuePlannedRuns } from '../apps/coordinator/src/reconcile/queue-planned-runs.js';
import { withholdTickets } from '../apps/coordinator/src/reconcile/withhold-tickets.js';
import { simulatedHost } from '../test/fleet/hosts.js';

const hosts = Number(process.argv[2] ?? 10_000);
const fail = (error: unknown): never => {
  throw error;
};
const jobId = newId();

/** A job with one queued run on each host, which has its ticket, and two planned ones. */
const fill = `
  INSERT INTO jobs (job_id, spec, body_hash, submitted_by, correlation_id, submitted_at, state, runs_total)
  VALUES ('${jobId}', '{"priority": "normal"}', '', 'bench', gen_random_uuid(), now() - interval '1 hour', 'running', ${3 * hosts});
  INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, attempt, faults, queued_at)
  SELECT gen_random_uuid(), '${jobId}', 'h' || 1 + i % ${hosts}, 'simulator', 'pf', i, i / ${hosts},
         CASE WHEN i < ${hosts} THEN 'queued' ELSE 'planned' END, 1, 1000, now() - interval '1 hour'
    FROM generate_series(0, ${3 * hosts - 1}) AS i`;

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
  const connection = openQueue({ url, onError: fail }, 'producer');
  const queue = new RunQueue(connection, fail);
  const context = { db, queue, append, appendMany, onError: fail, batchSize: 500 };
  const ids = Array.from({ length: hosts }, (_, i) => `h${i + 1}`);
  const cause = { correlationId: newId(), actor: 'bench' };
  const follower = follow(operational, { db, onError: fail });
  const catchUp = async (): Promise<void> => {
    while ((await follower.lag()).events > 0) await follower.advance();
  };
  const measure = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    const [cpu, began] = [process.cpuUsage(), performance.now()];
    const result = await act();
    const { user, system } = process.cpuUsage(cpu);
    const seconds = Math.round(performance.now() - began) / 1_000;
    console.log(JSON.stringify({ what, result, seconds, cpuSeconds: (user + system) / 1e6 }));
  };
  const act = async (action: 'drain' | 'undrain' | 'remove'): Promise<number> =>
    (await actOnEach(db, ids, { action, reason: 'bench' }, cause)).changed.length;

  console.log(JSON.stringify({ hosts, load: loadavg()[0] }));
  await handleMany(
    db,
    hostDecider,
    ids.map((id) => ({ id, cause, command: { type: 'register', workerId: 'w1', description: simulatedHost(id) } })),
    { envelope: (event) => ({ event }) },
  );
  await catchUp();
  await client.query(fill);
  await client.query('ANALYZE');
  await measure('tickets put', () => putBackLostTickets(context, { graceMs: 5_000, all: true }));
  await measure('a pass while all are in service: withhold', () => withholdTickets(context, false));
  await measure('drain all: events', () => act('drain'));
  await measure('drain all: read model', catchUp);
  await measure('drain all: tickets taken back', () => withholdTickets(context, false));
  await measure('the pass after it', () => withholdTickets(context, false));
  await measure('planned runs, all of drained hosts', () => queuePlannedRuns(context));
  await measure('look for lost tickets', () => putBackLostTickets(context, { graceMs: 5_000, all: true }));
  await measure('what the job waits for', async () =>
    (await hostsWaitedFor(db, jobId)).map(({ hosts, runs }) => ({ hosts, runs })),
  );
  await measure('undrain all: events', () => act('undrain'));
  await catchUp();
  await measure('undrain all: tickets put again', () => putBackLostTickets(context, { graceMs: 5_000, all: false }));
  await measure('what to cancel, none removed', () => cancelRuns(context));
  await queue.close();
  await connection.close();
  await db.$disconnect();
  await client.end();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}
