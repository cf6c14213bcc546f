// On a cluster that allows prepared transactions, which PostgreSQL does not by default.
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ensureDatabase, ensureLogin, migrate, startEmbeddedPostgres, type EmbeddedCluster } from '#postgres';
import { createPrisma, watchSessions } from './index.js';

jest.setTimeout(90_000);

let folder: string;
let cluster: EmbeddedCluster;
const start = () => startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined, durable: false });

async function query(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-prepared-'));
  cluster = await start();
  await query(cluster.adminUrl, 'ALTER SYSTEM SET max_prepared_transactions = 1');
  await cluster.stop();
  cluster = await start();
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

it('names a prepared transaction, which holds the feed back and has no session to end', async () => {
  const admin = cluster.url('xf');
  await ensureDatabase(cluster.adminUrl, 'xf');
  await migrate(admin, fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)));
  const logins = { coordinator: { name: 'coordinator', password: 'a' }, worker: { name: 'worker', password: 'b' } };
  for (const role of ['coordinator', 'worker'] as const)
    await ensureLogin(admin, { ...logins[role], role: `xf_${role}` });
  const db = createPrisma(cluster.url('xf', logins.coordinator));
  try {
    expect(await watchSessions(db)).toEqual([]);
    const worker = cluster.url('xf', logins.worker);
    await query(worker, 'BEGIN', 'SELECT pg_current_xact_id()', "PREPARE TRANSACTION 'left behind'");
    expect(await watchSessions(db)).toMatchObject([
      {
        ...{ pid: null, login: 'worker', application: 'prepared transaction left behind', database: 'xf' },
        ...{ horizonMs: expect.any(Number), blocks: 0, endable: false, ended: false },
      },
    ]);
  } finally {
    await db.$disconnect();
  }
});
