import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../test/eventually.js';
import { MachineLock } from './gate/machine-lock.js';
import { expectEverySampleStoredOnce } from './testing/stored-samples.js';
import { FleetAroundWorker } from './testing/fleet-around-worker.js';
import { WorkerProcess, workerEnvironment } from './testing/worker-process.js';

jest.setTimeout(60_000);

describe('a worker that measures this machine (needs a C compiler: apt install build-essential)', () => {
  let fleet: FleetAroundWorker;
  let cacheDir: string;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    fleet = await FleetAroundWorker.start();
    cacheDir = await mkdtemp(join(tmpdir(), 'xf-worker-'));
  });
  afterEach(() => worker?.destroy());
  afterAll(async () => {
    await fleet.close();
    await rm(cacheDir, { recursive: true, force: true });
  });

  function start(hostId: string, more: Record<string, string> = {}): WorkerProcess {
    const hosts = [{ hostId, executors: ['stock-host'], labels: { rack: 'r7' } }];
    worker = WorkerProcess.start({ ...workerEnvironment(fleet, hosts), WORKER_CACHE_DIR: cacheDir, ...more });
    return worker;
  }

  /** Processes that run the program compiled for these tests; zombies have no program any more. */
  async function xperfs(): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const programs = await Promise.all(
      pids.map(async (pid) => [pid, await readlink(`/proc/${pid}/exe`).catch(() => '')]),
    );
    return programs.filter(([, program]) => program?.startsWith(cacheDir)).map(([pid]) => Number(pid));
  }

  const noXperf = (): Promise<boolean> => eventually('no xperf is left', async () => (await xperfs()).length === 0);

  /** A worker also runs xperf while it reads what the machine is, so a process alone does not show that a run has begun. */
  async function untilMeasuring(run: Parameters<FleetAroundWorker['until']>[0]): Promise<void> {
    await fleet.until(run, (events) => events.some(({ type }) => type === 'RunStarted'));
    await eventually('xperf runs', async () => (await xperfs()).length === 1);
  }

  it('compiles xperf, measures, and says what this machine is', async () => {
    start('real-1');
    const wanted = { hostId: 'real-1', executor: 'stock-host', faults: 20_000, warmup: 200 } as const;
    for (const probe of ['pf_rt', 'syscall_rt'] as const) {
      const events = await fleet.ended(await fleet.queueRun({ ...wanted, probe }));
      const completed = events.at(-1);
      if (completed?.type !== 'RunCompleted') throw new Error(`ended: ${JSON.stringify(completed?.data)}`);
      await expectEverySampleStoredOnce(fleet.db, completed.data);
      const started = events.find((event) => event.type === 'RunStarted');
      expect(started?.data).toMatchObject({ provenance: 'measured', labels: { rack: 'r7', host: 'real-1' } });
      const release = (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim();
      const bootState = await fleet.bootStateOf(events);
      expect(bootState).toMatchObject({ kernelRelease: release });
      expect(bootState.extra['compiler']).toBeDefined();
    }
  });

  it('waits while another process measures on this machine', async () => {
    start('real-waits');
    const wanted = { hostId: 'real-waits', executor: 'stock-host', probe: 'pf_rt', faults: 1_000 } as const;
    const lock = new MachineLock({ holder: 'this test' });
    const run = await lock.during(new AbortController().signal, async () => {
      const queued = await fleet.queueRun(wanted);
      // Its name stands there once more for each connection of one that waits.
      await eventually('the worker waits for the lock', async () =>
        / 03 +\d+ @xperf-fleet\.measurement\.+$/m.test(await readFile('/proc/net/unix', 'utf8')),
      );
      expect(await fleet.types(queued)).toEqual(['RunQueued']);
      return queued;
    });
    expect((await fleet.ended(run)).at(-1)?.type).toBe('RunCompleted');
  });

  const endless = { executor: 'stock-host', probe: 'pf_rt', faults: 10_000_000, timeoutMs: 600_000 } as const;

  it('leaves no xperf behind when it is stopped', async () => {
    const { child, exited } = start('real-2');
    const run = await fleet.queueRun({ ...endless, hostId: 'real-2' });
    await untilMeasuring(run);
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(await xperfs()).toEqual([]);
    expect((await fleet.types(run)).slice(-2)).toEqual(['RunAbandoned', 'RunQueued']);
  });

  it('leaves no xperf behind when it is killed', async () => {
    const { child, exited } = start('real-3');
    // Warm-up prints nothing, so no broken pipe ends it: only the death of its parent does.
    await untilMeasuring(await fleet.queueRun({ ...endless, hostId: 'real-3', warmup: 1_000_000 }));
    child.kill('SIGKILL');
    await exited;
    expect(await noXperf()).toBe(true);
  });

  it('stops as at any other time while it still looks at the machine', async () => {
    const bin = join(cacheDir, 'bin');
    await mkdir(bin);
    // Says that it was called and does not end; its sleep goes with it.
    await writeFile(join(bin, 'cc'), `#!/bin/sh\n: > ${bin}/called\nexec sleep 600\n`, { mode: 0o755 });
    const { child, exited } = start('real-4', { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
    await eventually('the compiler is called', () => stat(join(bin, 'called')).catch(() => null));
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: 0, signal: null });
  });
});
