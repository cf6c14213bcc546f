import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { contractVersion, type JobView, type Page, runStream, type RunView } from '#contracts';
import { createPrisma, type PrismaClient, readStream } from '#event-store';
import { eventually } from '../../../../test/eventually.js';
import { CoordinatorProcess } from '../../../../test/coordinator/coordinator-process.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { completeAttempt, recordSamples, samplesFrom, startAttempt } from '../../../../test/fleet/story.js';
import { startTestCluster } from '../../../../test/postgres/cluster.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { queueUnderTest } from '../../../../test/queue/queue-under-test.js';

jest.setTimeout(120_000);

const key = `xf_admin_${'k'.repeat(43)}`;
const leaseMs = 6_000;
const faults = 20;

describe('a coordinator that was stopped for longer than a lease', () => {
  let database: FreshDatabase;
  let db: PrismaClient;
  let coordinator: CoordinatorProcess;
  let url: string;
  let stopCluster: () => Promise<void>;

  beforeAll(async () => {
    // A cluster of its own: a coordinator that is stopped in mid-transaction holds back the feeds of all other test files as well.
    stopCluster = await startTestCluster();
    database = await freshDatabase();
    db = createPrisma(database.coordinatorUrl, { poolSize: 2 });
    coordinator = new CoordinatorProcess({
      DATABASE_URL: database.coordinatorUrl,
      QUEUE_URL: (await queueUnderTest(database)).coordinatorUrl,
      PORT: '0',
      XF_LOCAL_KEY: key,
      LEASE_MS: String(leaseMs),
      HEARTBEAT_MS: '500',
    });
    url = await coordinator.url();
  });
  afterAll(async () => {
    coordinator.child.kill('SIGKILL');
    await coordinator.ended;
    await db.$disconnect();
    await database.drop();
    await stopCluster();
  });

  async function ask<T>(path: string, method = 'GET', json?: unknown): Promise<T> {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Submits a job, and waits until the reconciler has queued its runs. */
  async function queuedJob(runs: number): Promise<{ jobId: string; runIds: string[] }> {
    const spec = { hosts: ['h1'], probes: ['pf'], runsPerHost: runs, faults, warmup: 0 };
    const { jobId } = await ask<JobView>('/v1/jobs', 'POST', spec);
    const items = await eventually('all runs are queued', async () => {
      const page = await ask<Page<RunView>>(`/v1/runs?jobId=${jobId}`);
      return page.items.length === runs && page.items.every(({ state }) => state === 'queued') && page.items;
    });
    return { jobId, runIds: items.map(({ runId }) => runId) };
  }

  it('gives up no attempt whose worker is heard again', async () => {
    const worker = { contractVersion, instanceId: randomUUID(), sessionId: randomUUID() };
    await ask('/v1/workers/w1', 'PUT', { ...worker, hosts: [simulatedHost('h1')] });
    const { jobId, runIds } = await queuedJob(5);
    for (const runId of runIds) await startAttempt(db, runId, 1);
    const attempts = runIds.map((runId) => ({ runId, attempt: 1 }));
    const beat = () => ask('/v1/workers/w1/heartbeat', 'POST', { ...worker, hosts: ['h1'], attempts });
    const alive = async () => {
      const [row] = await db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::integer AS count FROM run_leases WHERE expires_at > clock_timestamp()`;
      return row?.count;
    };
    // Long enough that leases may be believed.
    for (let beats = 0; beats < (leaseMs + 3_000) / 500; beats += 1) {
      await beat();
      await pause(500);
    }
    expect(await alive()).toBe(5);

    coordinator.child.kill('SIGSTOP');
    await eventually('every lease has run out', async () => (await alive()) === 0);
    coordinator.child.kill('SIGCONT');
    // A pass of the reconciler lies between: workers are not heard at once.
    await queuedJob(1);
    await beat();
    expect(await alive()).toBe(5);

    for (const runId of runIds) {
      await recordSamples(db, runId, 1, samplesFrom(300, faults));
      await completeAttempt(db, runId, 1, faults);
      expect((await readStream(db, runStream(runId))).map(({ type }) => type)).toEqual([
        ...['RunQueued', 'RunStarted', 'CrossingSamplesRecorded', 'RunCompleted'],
      ]);
    }
    let job = await ask<JobView>(`/v1/jobs/${jobId}`);
    for (; job.state !== 'ended'; job = await ask<JobView>(`/v1/jobs/${jobId}`)) await pause(50);
    expect(job).toMatchObject({ outcome: 'completed', runs: { completed: 5 } });
  });
});
