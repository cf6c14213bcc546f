// README, "A fleet … by hand": one `npm run migrate` as the database's owner, then the two built programs with their
// own logins, and nothing else. No QUEUE_URL: tickets travel over the same PostgreSQL.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { HostView, JobView, Page } from '#contracts';
import { type EmbeddedCluster, startEmbeddedPostgres } from '#postgres';
import { eventually } from '../eventually.js';
import { dataFolder } from './fleet-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
jest.setTimeout(120_000);

const passwords = { coordinator: 'coordinator-1', worker: 'worker-1', reader: 'reader-1' };
const key = `xf_admin_${randomBytes(32).toString('base64url')}`;

let folder: Awaited<ReturnType<typeof dataFolder>>;
let cluster: EmbeddedCluster;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await dataFolder();
  cluster = await startEmbeddedPostgres({ dataDir: folder.home, log: () => undefined, durable: false });
});
afterAll(async () => {
  for (const child of children) {
    const exited = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGTERM')) await exited;
  }
  await cluster.stop();
  await folder.remove();
});

function start(program: string, env: Record<string, string>): ChildProcess {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [`dist/${program}.js`], {
    cwd: root,
    env: { PATH, HOME: folder.home, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  return child;
}

/** A user who may make databases and roles, and is no superuser. */
async function owner(): Promise<string> {
  const client = new pg.Client({ connectionString: cluster.adminUrl });
  await client.connect();
  await client.query(`CREATE ROLE dba LOGIN CREATEDB CREATEROLE PASSWORD 'owner-1'`);
  await client.end();
  return cluster.url('xperf', { name: 'dba', password: 'owner-1' });
}

async function migrate(adminUrl: string): Promise<string> {
  const child = start('libs/database-setup/src/migrate-main', {
    ADMIN_DATABASE_URL: adminUrl,
    XF_COORDINATOR_PASSWORD: passwords.coordinator,
    XF_WORKER_PASSWORD: passwords.worker,
    XF_READER_PASSWORD: passwords.reader,
  });
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, 'exit')) as [number | null];
  const [stdout, stderr] = await said;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

it('runs a job after one `npm run migrate`, with logins that may do no more than they must', async () => {
  const adminUrl = await owner();
  expect(await migrate(adminUrl)).toContain('login worker is a member of xf_worker');
  expect(await migrate(adminUrl)).toContain('nothing to migrate');

  const login = (name: keyof typeof passwords): string => cluster.url('xperf', { name, password: passwords[name] });
  const coordinator = start('apps/coordinator/src/main', {
    DATABASE_URL: login('coordinator'),
    PORT: '0',
    XF_LOCAL_KEY: key,
  });
  const [{ url }] = (await once(coordinator, 'message')) as [{ url: string }];
  start('apps/worker/src/main', {
    DATABASE_URL: login('worker'),
    COORDINATOR_URL: url,
    WORKER_KEY: key,
    WORKER_ID: 'w1',
    WORKER_HOSTS: JSON.stringify([{ hostId: 's1', executors: ['simulator'], machine: 'zen3' }]),
  });

  const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  // The listing is the read model's, which a job is planned from.
  await eventually(
    'the host is listed',
    async () => ((await (await ask('/v1/hosts')).json()) as Page<HostView>).items.length > 0,
  );
  const body = JSON.stringify({ hosts: ['s1'], runsPerHost: 2, faults: 100 });
  const { jobId } = (await (await ask('/v1/jobs', { method: 'POST', body })).json()) as JobView;
  const ended = await eventually('the job has ended', async () => {
    const job = (await (await ask(`/v1/jobs/${jobId}`)).json()) as JobView;
    return job.state === 'ended' ? job : null;
  });
  expect(ended).toMatchObject({ outcome: 'completed', runs: { completed: 2 } });
  expect((await ask('/health/ready')).status).toBe(200);

  // The owner is no superuser, and yet its function ends a reader that holds the feed back.
  const reader = new pg.Client({ connectionString: login('reader') });
  const end = new Promise((resolve) => reader.on('error', resolve));
  await reader.connect();
  await reader.query(`SET idle_in_transaction_session_timeout = 0`);
  await reader.query('BEGIN');
  await reader.query('SELECT pg_current_xact_id()');
  expect(await end).toMatchObject({ code: '57P01' });
});
