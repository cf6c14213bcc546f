import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { noiseOf } from '#contracts';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fakeRoot, laptopFiles, textsIn } from '../../../../libs/noise-control/src/testing/fake-root.js';
import { FleetAroundWorker } from '../testing/fleet-around-worker.js';
import { WorkerProcess, workerEnvironment } from '../testing/worker-process.js';

jest.setTimeout(60_000);

const noTurbo = 'sys/devices/system/cpu/intel_pstate/no_turbo';

describe('a worker that applies noise control (needs a C compiler: apt install build-essential)', () => {
  let fleet: FleetAroundWorker;
  let folder: string;
  let root: string;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    fleet = await FleetAroundWorker.start();
    folder = await mkdtemp(join(tmpdir(), 'xf-worker-'));
    root = fakeRoot();
  });
  afterEach(() => worker?.destroy());
  afterAll(async () => {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
    await rm(root, { recursive: true, force: true });
  });

  function start(hostId: string): void {
    worker = WorkerProcess.start({
      ...workerEnvironment(fleet, [{ hostId, executors: ['stock-host'] }]),
      WORKER_CACHE_DIR: folder,
      WORKER_NOISE_CONTROL: 'apply',
      WORKER_NOISE_ROOT: root,
    });
  }
  const turboIs = (value: string) => fleet.untilTrue(() => readFileSync(join(root, noTurbo), 'utf8').trim() === value);

  it('sets the machine for a run only, and puts back what a killed one had set', async () => {
    start('noisy-1');
    const wanted = { hostId: 'noisy-1', executor: 'stock-host', probe: 'syscall_rt' } as const;
    const events = await fleet.ended(await fleet.queueRun({ ...wanted, faults: 1_000 }));
    expect(events.at(-1)?.type).toBe('RunCompleted');
    const started = events.find((event) => event.type === 'RunStarted');
    // What it was measured under: turbo was off then, and only then.
    expect(started?.data).toMatchObject({ labels: { noise: 'noisy' } });
    const bootState = await fleet.bootStateOf(events);
    expect(bootState.turbo).toBe(false);
    expect(noiseOf(bootState.extra)?.reasons).not.toContain('turbo on');
    await turboIs('0');

    const killed = await fleet.queueRun({ ...wanted, faults: 10_000_000 });
    // Not in mid-write: a file of the fake folder would stay empty, which no file of sysfs does.
    await fleet.until(killed, (all) => all.some(({ type }) => type === 'RunStarted'));
    await worker?.destroy();
    expect(readFileSync(join(root, noTurbo), 'utf8').trim()).toBe('1');

    start('noisy-2');
    const words = (texts: Record<string, string | null>) =>
      Object.entries(texts).map(([file, text]) => [file, text?.trim().split(/\s+/)[0]?.replace(/[[\]]/g, '')]);
    const asBefore = words({ ...laptopFiles });
    await fleet.untilTrue(() => isDeepStrictEqual(words(textsIn(root)), asBefore)); // file by file
  });
});
