import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStream } from '#contracts';
import { readStream } from '#event-store';
import { eventually } from '../../../test/eventually.js';
import { startCoordinator, type CoordinatorUnderTest } from '../../../test/coordinator/coordinator-under-test.js';
import { startTestCluster } from '../../../test/postgres/cluster.js';
import { WorkerProcess } from './testing/worker-process.js';

jest.setTimeout(60_000);

// A cluster of its own: a process that is stopped in mid-transaction holds back the feeds of all other test files as well.
let stopCluster: () => Promise<void>;
beforeAll(async () => {
  stopCluster = await startTestCluster();
});
afterAll(() => stopCluster());

describe('two worker processes for one host', () => {
  let coordinator: CoordinatorUnderTest;
  let environment: Record<string, string>;
  let folder: string;
  const processes: WorkerProcess[] = [];
  const begin = async (leaseMs: number): Promise<void> => {
    coordinator = await startCoordinator({ LEASE_MS: String(leaseMs), HEARTBEAT_MS: '500' });
    const { body } = await coordinator.ask<{ key: string }>('/v1/keys', {
      method: 'POST',
      json: { name: 'twins', role: 'worker' },
    });
    folder = await mkdtemp(join(tmpdir(), 'xf-twins-'));
    environment = {
      DATABASE_URL: coordinator.database.workerUrl,
      QUEUE_URL: coordinator.queue.workerUrl,
      COORDINATOR_URL: coordinator.url,
      WORKER_KEY: body.key,
      WORKER_HOSTS: JSON.stringify([{ hostId: 'twin-host', executors: ['simulator'], machine: 'haswell-ep' }]),
    };
  };
  afterEach(() => Promise.all(processes.splice(0).map((one) => one.destroy())));
  const finish = async (): Promise<void> => {
    await coordinator.stop();
    await rm(folder, { recursive: true, force: true });
  };

  const start = (workerId: string, state: string): WorkerProcess => {
    const cache = join(folder, state);
    const one = WorkerProcess.start({ ...environment, WORKER_ID: workerId, WORKER_CACHE_DIR: cache });
    processes.push(one);
    return one;
  };
  const serving = async (one: WorkerProcess): Promise<void> => {
    await eventually('the worker takes tickets', () => {
      if (one.child.exitCode !== null) throw new Error(`${one.stdout}${one.stderr}`);
      return one.stdout.includes('worker takes tickets');
    });
  };

  describe('under one WORKER_ID', () => {
    beforeAll(() => begin(30_000));
    afterAll(finish);

    it('from two folders: one serves, the other ends with the reason; the same folder takes over after kill -9', async () => {
      const twins = [start('twin', 'a'), start('twin', 'b')];
      const loser = await Promise.race(twins.map((one) => one.exited.then(() => one)));
      expect((await loser.exited).code).toBe(78);
      expect(loser.stderr).toContain('another instance of worker twin');
      const index = twins[0] === loser ? 1 : 0;
      const winner = twins[index] as WorkerProcess;
      await serving(winner);
      await winner.destroy();
      // Well within the lease of 30 s.
      await serving(start('twin', index === 0 ? 'a' : 'b'));
    });

    it('from one folder: the second is told that the first runs', async () => {
      await serving(start('twin', (await coordinatorOwner()) ?? 'a'));
      const second = start('twin', (await coordinatorOwner()) ?? 'a');
      expect((await second.exited).code).toBe(78);
      expect(second.stderr).toContain('worker twin runs already on this machine');
    });

    /** The folder whose instance has the host now. */
    async function coordinatorOwner(): Promise<string | undefined> {
      const row = await coordinator.db.workerPresence.findUnique({ where: { hostId: 'twin-host' } });
      const { readFile } = await import('node:fs/promises');
      for (const state of ['a', 'b']) {
        const text = await readFile(join(folder, state, 'instance-twin'), 'utf8').catch(() => '');
        if (row !== null && text.trim() === row.instanceId) return state;
      }
      return undefined;
    }
  });

  describe('one of which was stopped for longer than a lease', () => {
    // Long enough that the successor, stopped for a moment, does not lose the host again on a busy machine.
    const leaseMs = 12_000;
    beforeAll(() => begin(leaseMs));
    afterAll(finish);

    it('starts no run when it goes on, and ends: the host is the other one’s', async () => {
      const stopped = start('first', 'first');
      await serving(stopped);
      stopped.child.kill('SIGSTOP');
      const seen = () => coordinator.db.$queryRaw<unknown[]>`
        SELECT 1 FROM host_presence WHERE seen_at > clock_timestamp() - ${leaseMs}::integer * interval '1 millisecond'`;
      await eventually('the worker counts as gone', async () => (await seen()).length === 0);
      const successor = start('second', 'second');
      await serving(successor);
      // Stopped too, so that the ticket is there for whoever takes it first.
      successor.child.kill('SIGSTOP');
      const { body } = await coordinator.ask<{ jobId: string }>('/v1/jobs', {
        method: 'POST',
        json: { hosts: ['twin-host'], runsPerHost: 1, faults: 500, warmup: 0 },
      });
      const runs = () => coordinator.ask<{ items: { runId: string; state: string }[] }>(`/v1/runs?jobId=${body.jobId}`);
      await eventually('the run is queued', async () => (await runs()).body.items[0]?.state === 'queued');
      stopped.child.kill('SIGCONT');
      expect((await stopped.exited).code).toBe(78);
      successor.child.kill('SIGCONT');
      const runId = (await runs()).body.items[0]?.runId ?? '';
      const events = await eventually('the run has completed', async () => {
        const seenNow = await readStream(coordinator.db, runStream(runId));
        return seenNow.at(-1)?.type === 'RunCompleted' && seenNow;
      });
      const started = events.flatMap((event) => (event.type === 'RunStarted' ? [event.data.workerId] : []));
      expect(started).toEqual(['second']);
    }, 180_000);
  });
});
