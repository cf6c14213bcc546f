import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../test/eventually.js';
import { expectEverySampleStoredOnce } from './testing/stored-samples.js';
import { FleetAroundWorker } from './testing/fleet-around-worker.js';
import { WorkerProcess, workerEnvironment } from './testing/worker-process.js';

// A boot takes about three seconds under emulation on an idle machine.
jest.setTimeout(180_000);

describe('a worker with virtual hosts (needs QEMU and the image of kernel series 6.12: npm run kernel:build)', () => {
  let fleet: FleetAroundWorker;
  let cacheDir: string;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    fleet = await FleetAroundWorker.start();
    cacheDir = await mkdtemp(join(tmpdir(), 'xf-vm-'));
  });
  afterEach(() => worker?.destroy());
  afterAll(async () => {
    await fleet.close();
    await rm(cacheDir, { recursive: true, force: true });
  });

  function start(hostId: string, change: Record<string, string> = {}, vm: object = {}): WorkerProcess {
    const guests = { series: '6.12', kpti: true, accelerator: 'tcg', ...vm };
    const hosts = [{ hostId, executors: ['vm'], vm: guests }];
    worker = WorkerProcess.start({ ...workerEnvironment(fleet, hosts), WORKER_CACHE_DIR: cacheDir, ...change });
    return worker;
  }

  /** Guests of these tests that run with so many faults; zombies have no command line any more. */
  async function guests(faults: number): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    return pids
      .filter((_, at) => lines[at]?.includes(cacheDir) && lines[at].includes(`--faults,${faults},`))
      .map(Number);
  }

  async function untilGuests(count: number, faults: number): Promise<void> {
    await eventually(`${count} guests run`, async () => (await guests(faults)).length === count);
  }

  const leftBehind = (): Promise<string[]> => readdir(join(cacheDir, 'vm-runs'));

  it.each([true, false])('boots a guest with kpti %s and brings its 2,000 faults home', async (kpti) => {
    const hostId = `guest-kpti-${kpti}`;
    start(hostId, {}, { kpti });
    const wanted = { hostId, executor: 'vm', probe: 'pf', faults: 2_000, warmup: 100, timeoutMs: 120_000 } as const;
    const events = await fleet.ended(await fleet.queueRun(wanted));
    const completed = events.at(-1);
    if (completed?.type !== 'RunCompleted') throw new Error(`ended: ${JSON.stringify(completed?.data)}`);
    await expectEverySampleStoredOnce(fleet.db, completed.data);
    expect(completed.data.samples).toBeGreaterThan(1_000);
    const started = events.find((event) => event.type === 'RunStarted');
    expect(started?.data).toMatchObject({
      provenance: 'emulated',
      labels: { host: hostId, virt: 'vm', kpti: kpti ? 'on' : 'off', provenance: 'emulated' },
    });
    const bootState = await fleet.bootStateOf(events);
    expect(bootState).toMatchObject({
      kernelRelease: expect.stringMatching(/^6\.12\.\d+-xperf-hook$/) as unknown,
      kpti,
      virtualization: 'vm',
      hypervisor: 'qemu-tcg',
      governor: null,
      tscKhz: null,
      cpus: 2,
      extra: { accelerator: 'tcg', qemuVersion: expect.stringMatching(/^\d+\.\d+/) as unknown },
    });
    // The command line stands without what is of one run, so that runs of one host have one boot state.
    expect(bootState.kernelCommandLine).toMatch(/pti=(on|off) log_buf_len=4M$/);
    expect(fleet.coordinator.registrations.at(-1)?.body.hosts[0]?.bootState).toEqual(bootState);
    expect(await leftBehind()).toEqual([]);
  });

  it.each(['pf_rt', 'syscall_rt'] as const)(
    'brings the round trips of %s home, printed by xperf itself',
    async (probe) => {
      const hostId = `guest-${probe.replace('_', '-')}`;
      start(hostId);
      const wanted = { hostId, executor: 'vm', probe, faults: 2_000, warmup: 100, timeoutMs: 120_000 } as const;
      const events = await fleet.ended(await fleet.queueRun(wanted));
      const completed = events.at(-1);
      if (completed?.type !== 'RunCompleted') throw new Error(`ended: ${JSON.stringify(completed?.data)}`);
      const { samples, lost, rejected } = completed.data;
      expect({ lost, sum: samples + rejected }).toEqual({ lost: 0, sum: 2_000 });
      expect(samples).toBeGreaterThan(1_000);
      const batches = events.flatMap((event) => (event.type === 'CrossingSamplesRecorded' ? [event.data] : []));
      expect(new Set(batches.map(({ metrics }) => metrics.join()))).toEqual(new Set([probe]));
      // Guests of one host have one boot state, whatever they measure.
      const bootState = await fleet.bootStateOf(events);
      expect(fleet.coordinator.registrations.at(-1)?.body.hosts[0]?.bootState).toEqual(bootState);
    },
  );

  const faults = 5_000_000;
  const long = { executor: 'vm', probe: 'pf', faults, timeoutMs: 600_000 } as const;

  it('leaves neither guest nor file when the run is cancelled', async () => {
    start('guest-told');
    const run = await fleet.queueRun({ ...long, hostId: 'guest-told' });
    await fleet.until(run, (events) => events.some(({ type }) => type === 'CrossingSamplesRecorded'));
    expect(await guests(faults)).toHaveLength(1);
    fleet.coordinator.stop = [{ runId: run.runId, attempt: 1 }];
    const events = await fleet.ended(run);
    expect(events.at(-1)).toMatchObject({ type: 'RunAbandoned', data: { reason: 'cancelled' } });
    expect(await guests(faults)).toEqual([]);
    expect(await leftBehind()).toEqual([]);
  });

  it('leaves no guest when it is killed, and the next worker removes the files', async () => {
    const { child, exited } = start('guest-killed');
    const run = await fleet.queueRun({ ...long, hostId: 'guest-killed' });
    await untilGuests(1, faults);
    child.kill('SIGKILL');
    await exited;
    await untilGuests(0, faults);
    expect(await leftBehind()).toHaveLength(1);
    start('guest-next');
    const next = { hostId: 'guest-next', executor: 'vm', probe: 'pf', faults: 100, timeoutMs: 120_000 } as const;
    expect((await fleet.ended(await fleet.queueRun(next))).at(-1)?.type).toBe('RunCompleted');
    expect(await leftBehind()).toEqual([]);
    expect(await fleet.types(run)).not.toContain('RunCompleted');
  });

  it('ends the guest at the time limit', async () => {
    start('guest-late');
    const run = await fleet.queueRun({ ...long, hostId: 'guest-late', timeoutMs: 6_000 });
    expect((await fleet.ended(run)).at(-1)).toMatchObject({
      type: 'RunFailed',
      data: { failure: { code: 'timeout' } },
    });
    expect(await guests(faults)).toEqual([]);
    expect(await leftBehind()).toEqual([]);
  });

  it.each([
    {
      what: 'no image',
      hostId: 'guest-no-image',
      change: { XDG_CACHE_HOME: '/nonexistent' },
      vm: {},
      code: 'image-missing',
    },
    { what: 'no such CPU model', hostId: 'guest-no-cpu', change: {}, vm: { cpuModel: 'abacus' }, code: 'qemu-failed' },
    {
      what: 'a guest that panics',
      hostId: 'guest-panic',
      change: {},
      vm: { bootOptions: 'mem=12M' },
      code: 'guest-panicked',
    },
  ])('fails with a name for $what', async ({ hostId, change, vm, code }) => {
    start(hostId, change, vm);
    const wanted = { hostId, executor: 'vm', probe: 'pf', faults: 100, timeoutMs: 60_000 } as const;
    const events = await fleet.ended(await fleet.queueRun(wanted));
    expect(events.at(-1)).toMatchObject({ type: 'RunFailed', data: { failure: { code } } });
    expect(await readdir(join(cacheDir, 'vm-runs')).catch(() => [])).toEqual([]);
  });
});
