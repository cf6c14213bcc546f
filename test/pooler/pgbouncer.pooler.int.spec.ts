// A fleet through a real PgBouncer in transaction mode: two coordinators behind a balancer, a worker that joined, a job to its end.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobView, JoinReply, MadeInvitation } from '#contracts';
import { createPrisma, Prisma, rowsOf } from '#event-store';
import { migrateQueue } from '#queue';
import { projectRoot } from '../../apps/coordinator/src/project-root.js';
import { hashKey, makeKey } from '../../apps/coordinator/src/auth/api-key.js';
import { CoordinatorProcess } from '../coordinator/coordinator-process.js';
import { eventually } from '../eventually.js';
import { type FreshDatabase, freshDatabase } from '../postgres/fresh-database.js';
import { type Pooler, startPooler } from './pgbouncer.js';

/** Hands each connection to the next address of a list that answers. */
function startBalancer(ports: readonly number[]): Promise<{ url: string; server: Server }> {
  let turn = 0;
  const server = createServer((socket) => {
    const tryNext = (left: number): void => {
      turn += 1;
      const backend = connect(ports[turn % ports.length] ?? 0, '127.0.0.1');
      let answered = false;
      backend.once('connect', () => {
        answered = true;
        socket.pipe(backend).pipe(socket);
      });
      backend.on('error', () => (!answered && left > 0 ? tryNext(left - 1) : socket.destroy()));
      socket.on('error', () => backend.destroy());
      socket.on('close', () => backend.destroy());
    };
    tryNext(ports.length);
  });
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () => {
      done({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server });
    }),
  );
}

describe('through PgBouncer in transaction mode', () => {
  const key = makeKey('admin');
  let database: FreshDatabase;
  let pooler: Pooler;
  let folder: string;
  const coordinators: CoordinatorProcess[] = [];
  let balancer: Awaited<ReturnType<typeof startBalancer>> | undefined;
  let worker: ChildProcess | undefined;
  let workerLog = '';

  const ask = async <T>(path: string, json?: object, bearer: string | null = key): Promise<T> => {
    const authorization = bearer && { authorization: `Bearer ${bearer}` };
    // Each on a connection of its own: one that is kept may lead to the coordinator that has been killed.
    const headers = { 'content-type': 'application/json', connection: 'close', ...authorization };
    const body = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) };
    const reply = await fetch(`${balancer?.url}${path}`, { headers, ...body });
    if (!reply.ok) throw new Error(`${path} answers ${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as T;
  };

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateQueue(database.adminUrl);
    folder = mkdtempSync(join(tmpdir(), 'xf-pooled-'));
    // Fewer sessions of PostgreSQL than pools want: every transaction may have another.
    pooler = await startPooler(database, { max_db_connections: 6, default_pool_size: 2 });
    const environment = {
      ...{ DATABASE_URL: pooler.through(database.coordinatorUrl), DIRECT_DATABASE_URL: database.coordinatorUrl },
      ...{ PORT: '0', XF_BOOTSTRAP_ADMIN_KEY_HASH: hashKey(key).toString('hex') },
    };
    coordinators.push(new CoordinatorProcess(environment), new CoordinatorProcess(environment));
    const urls = await Promise.all(coordinators.map((one) => one.url()));
    balancer = await startBalancer(urls.map((url) => Number(new URL(url).port)));
  }, 600_000);
  afterAll(async () => {
    worker?.kill('SIGKILL');
    for (const { child } of coordinators) child.kill('SIGKILL');
    await Promise.all(coordinators.map(({ ended }) => ended));
    balancer?.server.close();
    await pooler.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('keeps statements apart that share a session', async () => {
    const [one, other] = [0, 1].map(() => createPrisma(pooler.through(database.coordinatorUrl), { poolSize: 3 }));
    const texts = Array.from({ length: 60 }, (_, i) => `nothing-${i}`);
    const read = (db: typeof one, stream: string) =>
      // A text that is prepared where that is of use (libs/event-store/src/prepared.ts).
      rowsOf<{ stream: string }>(
        db as never,
        Prisma.sql`SELECT (SELECT count(*) FROM events WHERE stream = ${stream})::integer AS events, ${stream} AS stream`,
      );
    const asked = await Promise.all(texts.map(async (text, i) => (await read(i % 2 ? one : other, text))[0]?.stream));
    expect(asked).toEqual(texts);
    await Promise.all([one?.$disconnect(), other?.$disconnect()]);
  });

  it('runs a job to its end, by a login of the worker’s own, though a coordinator dies', async () => {
    const { token } = await ask<MadeInvitation>('/v1/invitations', {});
    const joined = await ask<JoinReply>('/v1/join', { token, hostId: 'h1' }, null);
    const [through, past] = [new URL(joined.databaseUrl), new URL(joined.queueUrl ?? 'none:')];
    expect(through.port).toBe(new URL(pooler.through(database.workerUrl)).port);
    expect(past.port).toBe(new URL(database.workerUrl).port);
    expect([past.username, past.password]).toEqual([through.username, through.password]);

    worker = spawn(process.execPath, ['dist/apps/worker/src/main.js'], {
      cwd: projectRoot(),
      env: {
        ...{ PATH: process.env['PATH'], HOME: folder, LOG_LEVEL: 'info' },
        ...{ DATABASE_URL: joined.databaseUrl, QUEUE_URL: joined.queueUrl ?? '', COORDINATOR_URL: balancer?.url },
        ...{ WORKER_KEY: joined.key, WORKER_ID: joined.workerId },
        WORKER_HOSTS: JSON.stringify([{ hostId: 'h1', executors: ['simulator'], machine: 'zen3' }]),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [worker.stdout, worker.stderr])
      stream?.on('data', (chunk: Buffer) => (workerLog += chunk.toString()));
    await eventually('the worker takes tickets', () => workerLog.includes('worker takes tickets'));

    const submit = { selector: 'host=h1', faults: 200, warmup: 0, runsPerHost: 8 };
    const { jobId } = await eventually('the host is known', () => ask<JobView>('/v1/jobs', submit).catch(() => null));
    coordinators[0]?.child.kill('SIGKILL');
    const ended = await eventually('the job has ended', async () => {
      const job = await ask<JobView>(`/v1/jobs/${jobId}`).catch(() => null);
      return job?.state === 'ended' && job;
    });
    expect(ended).toMatchObject({ outcome: 'completed' });
    const { rows } = await ask<{ rows: unknown[] }>(`/v1/jobs/${jobId}/results`);
    expect(rows.length).toBeGreaterThan(0);
    expect(workerLog).not.toMatch(/prepared statement|"level":50/);
  }, 600_000);

  it('had the worker’s store in a pool and its LISTEN past it', async () => {
    const login = (await pooler.show('POOLS'))
      .map(({ user }) => String(user))
      .find((user) => user.startsWith('xf_worker_'));
    expect(login).toBeDefined();
    const admin = createPrisma(database.adminUrl, { poolSize: 1 });
    const sessions = await admin.$queryRaw<{ name: string }[]>`
      SELECT DISTINCT application_name AS name FROM pg_stat_activity
       WHERE usename = ${login} AND datname = current_database() ORDER BY 1`;
    await admin.$disconnect();
    expect(sessions.map(({ name }) => name)).toEqual(expect.arrayContaining(['xf-queue', 'xf-queue-listener']));
    const [settings] = (await pooler.show('DATABASES')).filter(({ name }) => name === database.name);
    expect(Number(settings?.['current_connections'])).toBeLessThanOrEqual(6);
  });
});
