import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { RunEvent } from '#contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../../../test/chaos/postgres-server.js';
import { eventually } from '../../../test/eventually.js';
import { bootStateOf } from '../../../test/fleet/hosts.js';
import { observeBootState } from '../../../test/fleet/story.js';
import { letWorkerWrite } from '../../../test/fleet/worker-token.js';
import {
  append,
  appendAsWorker,
  appendingAsWorker,
  createPrisma,
  hashToken,
  newId,
  newToken,
  type PrismaClient,
  readStream,
  sqlError,
} from './index.js';
import {
  cause,
  latch,
  openStore,
  samplesRecorded,
  type StoreUnderTest,
  untilWaitingForLock,
} from './testing/store-under-test.js';

jest.setTimeout(60_000);

const token = newToken();
let store: StoreUnderTest;
let worker: PrismaClient;
let bootStateHash: string;
beforeAll(async () => {
  store = await openStore();
  worker = createPrisma(store.database.workerUrl);
  const tokenHash = hashToken(token).toString('hex');
  await letWorkerWrite(store.db, { workerId: 'w1', instanceId: newId(), tokenHash, hostIds: ['h1'] });
  bootStateHash = await observeBootState(store.db, bootStateOf('Haswell-EP'));
});
afterAll(async () => {
  await worker.$disconnect();
  await store.close();
});

async function queuedRun(hostId = 'h1', db = store.db): Promise<string> {
  const runId = newId();
  const event: RunEvent = {
    type: 'RunQueued',
    data: {
      ...{ runId, jobId: newId(), hostId, attempt: 1, executor: 'simulator', probe: 'pf', replicate: 0, seed: 7 },
      ...{ faults: 4, warmup: 0, timeoutMs: 1_000, priority: 'normal' },
    },
  };
  await append(db, `run-${runId}`, 0, [{ event }], cause);
  return runId;
}

const startOf = (runId: string, workerId = 'w1') => {
  const data = { runId, attempt: 1, workerId, nonce: '0badcafe', bootStateHash, provenance: 'simulated' as const };
  return [{ event: { type: 'RunStarted' as const, data: { ...data, labels: { host: 'h1' } } } }];
};

it('appends of many runs at once are each stored, with their batches, or refused', async () => {
  const appending = appendingAsWorker(worker, token, () => new Date());
  const [first, second, late, forged] = [await queuedRun(), await queuedRun(), await queuedRun(), await queuedRun()];
  const elsewhere = await queuedRun('h2');
  const started = await Promise.allSettled([
    appending(`run-${first}`, 1, startOf(first), cause),
    appending(`run-${late}`, 5, startOf(late), cause),
    appending(`run-${forged}`, 1, startOf(forged, 'w2'), cause),
    appending(`run-${elsewhere}`, 1, startOf(elsewhere), cause),
    appending(`run-${second}`, 1, startOf(second), cause),
  ]);
  const codes = started.map((one) => (one.status === 'fulfilled' ? one.value : sqlError(one.reason).code));
  const names = started.map((one) => (one.status === 'fulfilled' ? 'stored' : (one.reason as Error).name));
  expect(names).toEqual(['stored', 'WrongExpectedVersionError', 'Error', 'Error', 'stored']);
  expect([codes[0], codes[2], codes[3], codes[4]]).toEqual([2, '42501', '42501', 2]);

  const packed = [0x58, 0x53, 1, 3, 0, 1, 0];
  const batches = [
    [first, samplesRecorded(first, 0, packed, [1, 2, 3])],
    [second, samplesRecorded(second, 0, [...packed, 9], [])],
  ] as const;
  await Promise.all(batches.map(([runId, batch]) => appending(`run-${runId}`, 2, [batch], cause)));
  for (const [runId, { payload }] of batches) {
    const stored = await store.db.sampleBatch.findMany({ where: { runId }, select: { samples: true, raw: true } });
    expect(stored.map(({ samples, raw }) => [[...samples], [...raw]])).toEqual([
      [[...(payload?.samples ?? [])], [...(payload?.raw ?? [])]],
    ]);
    const [, start, recorded] = await readStream(store.db, `run-${runId}`);
    expect([start?.meta.actor, recorded?.meta.version]).toEqual(['worker:w1', 3]);
  }
});

it('appends of many runs at once that nothing speaks against share a transaction', async () => {
  const appending = appendingAsWorker(worker, token, () => new Date());
  const runIds = await Promise.all(Array.from({ length: 5 }, () => queuedRun()));
  expect(await Promise.all(runIds.map((runId) => appending(`run-${runId}`, 1, startOf(runId), cause)))).toEqual(
    runIds.map(() => 2),
  );
  const started = await Promise.all(runIds.map((runId) => readStream(store.db, `run-${runId}`, 2)));
  expect(new Set(started.map(([start]) => start?.meta.at.xid)).size).toBe(1);
});

it('an append that waits for another one holds up none of those that it shares a call with', async () => {
  const appending = appendingAsWorker(worker, token, () => new Date());
  const [before, contested, after] = [await queuedRun(), await queuedRun(), await queuedRun()];
  const [made, release] = [latch(), latch()];
  const holding = store.db.$transaction(async (tx) => {
    await append(tx, `run-${contested}`, 1, startOf(contested), cause);
    made.open();
    await release.opened;
  });
  await made.opened;
  const many = Promise.allSettled(
    [before, contested, after].map((runId) => appending(`run-${runId}`, 1, startOf(runId), cause)),
  );
  await eventually('the first is stored', async () => (await readStream(store.db, `run-${before}`)).length === 2);
  await untilWaitingForLock(store.admin);
  release.open();
  await holding;
  expect((await many).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).name))).toEqual([
    ...[2, 'WrongExpectedVersionError', 2],
  ]);
});

it('what is appended again is on disk when the call returns, though the first append did not wait for the disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-append-again-'));
  const server = await PostgresServer.start(join(folder, 'postgres'), 'prisma/migrations');
  const open = (login: 'coordinator' | 'worker') => createPrisma(server.loginUrl(login), { poolSize: 1 });
  try {
    const [db, login] = [open('coordinator'), open('worker')];
    const tokenHash = hashToken(token).toString('hex');
    await letWorkerWrite(db, { workerId: 'w1', instanceId: newId(), tokenHash, hostIds: ['h1'] });
    await observeBootState(db, bootStateOf('Haswell-EP'));
    const runIds = [await queuedRun('h1', db), await queuedRun('h1', db)];
    const starts = runIds.map((runId) => startOf(runId).map((start) => ({ ...start, eventId: newId() })));
    // The server itself flushes but seldom, and the first appends are as those of a call that was cut off before it flushed.
    await server.asAdmin(async (admin) => {
      await admin.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
      await admin.query('SELECT pg_reload_conf()');
    });
    await login.$executeRaw`SET synchronous_commit = off`;
    for (const [i, runId] of runIds.entries())
      await appendAsWorker(login, token, `run-${runId}`, 1, starts[i] ?? [], cause);
    await login.$executeRaw`SET synchronous_commit = on`;
    const appending = appendingAsWorker(login, token, () => new Date());
    const again = await Promise.all(runIds.map((runId, i) => appending(`run-${runId}`, 1, starts[i] ?? [], cause)));
    await server.kill();
    await Promise.all([db.$disconnect(), login.$disconnect()]);
    expect(again).toEqual([2, 2]);
    await server.startAgain();
    const after = open('coordinator');
    for (const runId of runIds) expect(await readStream(after, `run-${runId}`)).toHaveLength(2);
    await after.$disconnect();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
