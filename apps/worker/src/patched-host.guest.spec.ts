import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { hostStream, runStream, type JobSpecInput, type RecordedEvent, type RunDetail } from '#contracts';
import { createLogReader, formatContractLine } from '#dmesg';
import { readSampleBatches, readStream } from '#event-store';
import { decodeSamples } from '#samples';
import { startCoordinator, type CoordinatorUnderTest } from '../../../test/coordinator/coordinator-under-test.js';
import { eventually } from '../../../test/eventually.js';
import { CompileCache } from './executors/xperf/compile-cache.js';
import { programFolder } from './executors/xperf/sources.js';
import { GuestHost } from './testing/guest-host.js';
import { guestWorkerUser, startGuestWorker } from './testing/guest-worker.js';

// Node takes ten times as long to start under emulation; this whole file took 222 s on two busy cores.
const guestLimitMs = 480_000;
jest.setTimeout(guestLimitMs);

const ended = ['RunCompleted', 'RunFailed'];
const needs = 'needs QEMU and images: npm run kernel:build -- --series 6.12 --variant hook,stock';

describe(`a worker daemon in a patched guest, as on a host (${needs})`, () => {
  let coordinator: CoordinatorUnderTest;
  let guest: GuestHost;
  let worker: number;
  const never = new AbortController().signal;
  let environment: Record<string, string>;

  /** An ordinary user, with the capabilities. */
  const startWorker = (...capabilities: string[]): Promise<number> =>
    startGuestWorker(guest, {
      id: 'patched-worker',
      hosts: [
        { hostId: 'patched', executors: ['patched-host'], labels: { rack: 'r7' } },
        { hostId: 'patched-single', executors: ['patched-host'], batch: 1 },
      ],
      capabilities,
      environment,
    });

  beforeAll(async () => {
    // Emulated, the worker's start takes longer than a heartbeat, and a loop of the shell beside it keeps it from its next ones for
    // longer than 8 s on a busy machine; its lease must not run out meanwhile.
    coordinator = await startCoordinator({ LEASE_MS: '30000', HEARTBEAT_MS: '1000' });
    const { body } = await coordinator.ask<{ key: string }>('/v1/keys', {
      method: 'POST',
      json: { name: 'patched', role: 'worker' },
    });
    environment = {
      DATABASE_URL: coordinator.database.workerUrl,
      QUEUE_URL: coordinator.queue.workerUrl,
      COORDINATOR_URL: coordinator.url,
      WORKER_KEY: body.key,
    };
    // The default ring of 128K, and no right to the log without CAP_SYSLOG.
    const append = `xperf_owner=${guestWorkerUser}`;
    guest = await GuestHost.boot({ series: '6.12', variant: 'hook', smp: '3', isolated: 2, append }, async (folder) => {
      for (const name of ['xperf', 'follow'] as const)
        await new CompileCache(join(folder, 'cache'), programFolder(name), never, name).program();
    });
    await guest.succeed('echo 1 > /proc/sys/kernel/dmesg_restrict');
    worker = await startWorker('syslog');
    await registered(['patched', 'patched-single'], guest, worker);
  });
  afterAll(async () => {
    await guest?.close();
    await coordinator?.stop();
  });

  /** Waits until jobs can be planned on the hosts; a worker that ended meanwhile has said why. */
  async function registered(hosts: string[], on: GuestHost, pid: number): Promise<void> {
    for (const hostId of hosts) {
      const isKnown = async () => {
        if ((await coordinator.ask(`/v1/hosts/${hostId}`)).status === 200) return true;
        await on.succeed(`kill -0 ${pid} || { cat /run/*/log; false; }`);
        return false;
      };
      await eventually(`${hostId} is registered`, isKnown, guestLimitMs);
    }
    await coordinator.readModelHas(...hosts.map((hostId) => hostStream(hostId)));
  }

  /** Submits one run to the coordinator; its id once it is planned. */
  async function submit(hostId: string, spec: Partial<JobSpecInput> = {}): Promise<string> {
    const { body, status } = await coordinator.ask<{ jobId: string }>('/v1/jobs', {
      method: 'POST',
      json: {
        ...{ hosts: [hostId], executor: 'patched-host', probes: ['pf'] },
        ...{ runsPerHost: 1, warmup: 100, timeoutMs: 120_000, ...spec },
      },
    });
    if (status !== 201) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
    return eventually('the job has a run', async () => {
      const runs = await coordinator.ask<{ items: { runId: string }[] }>(`/v1/runs?jobId=${body.jobId}`);
      return runs.body.items[0]?.runId;
    });
  }

  function until(runId: string, test: (events: RecordedEvent[]) => boolean): Promise<RecordedEvent[]> {
    const look = async () => {
      const events = await readStream(coordinator.db, runStream(runId));
      return test(events) ? events : null;
    };
    return eventually(`run ${runId} has come so far`, look, guestLimitMs);
  }

  const end = (runId: string): Promise<RecordedEvent[]> =>
    until(runId, (events) => ended.includes(events.at(-1)?.type ?? ''));

  async function completed(runId: string): Promise<Extract<RecordedEvent, { type: 'RunCompleted' }>['data']> {
    const last = (await end(runId)).at(-1);
    if (last?.type !== 'RunCompleted') throw new Error(`ended: ${JSON.stringify(last?.data)}`);
    return last.data;
  }

  /** The run as the API shows it, once the read model has all of it. */
  async function detail(runId: string): Promise<RunDetail> {
    await coordinator.readModelHas(runStream(runId));
    return (await coordinator.ask<RunDetail>(`/v1/runs/${runId}`)).body;
  }

  const nonceOf = (events: RecordedEvent[]): string => {
    const started = events.find((event) => event.type === 'RunStarted');
    return started?.data.nonce ?? 'not started';
  };

  /** What stands in the store of an attempt: every captured byte, and every sample. */
  async function stored(runId: string, attempt = 1): Promise<{ raw: Buffer; seq: number[]; u2k: number[] }> {
    const raw: Buffer[] = [];
    const [seq, u2k]: [number[], number[]] = [[], []];
    for await (const batch of readSampleBatches(coordinator.db, runId, attempt)) {
      raw.push(inflateSync(batch.raw));
      const samples = decodeSamples(batch.samples);
      seq.push(...samples.seq);
      u2k.push(...(samples.columns.u2k ?? []));
    }
    return { raw: Buffer.concat(raw), seq, u2k };
  }

  it('takes a run from the queue, measures both directions as an ordinary user, and stores bytes and samples', async () => {
    const faults = 20_000;
    const runId = await submit('patched', { faults });
    const { samples, lost, rejected } = await completed(runId);
    expect({ lost, sum: samples + rejected }).toEqual({ lost: 0, sum: faults });
    expect(samples).toBeGreaterThan(faults / 2);
    expect(await detail(runId)).toMatchObject({
      provenance: 'emulated',
      labels: { rack: 'r7', virt: 'vm', kpti: 'on', provenance: 'emulated' },
      bootState: {
        kernelRelease: expect.stringMatching(/^6\.12\.\d+-xperf-hook$/) as unknown,
        kpti: true,
        virtualization: 'vm',
        hypervisor: 'qemu-tcg',
        extra: { pinnedCpu: '2', readerCpu: '0', samplesPerLine: '64', hook: 'version 1, mode owner' },
      },
    });
    // From the bytes as they were read, the samples as they are stored come out again.
    const kept = await stored(runId);
    const reader = createLogReader({ nonce: nonceOf(await end(runId)), probe: 'pf' });
    const again = [...reader.push(kept.raw), ...reader.end()].flatMap((item) =>
      item.kind === 'samples' ? [item] : [],
    );
    expect(again.flatMap(({ seq }) => [...seq])).toEqual(kept.seq);
    expect(again.flatMap(({ columns }) => [...(columns.u2k ?? [])])).toEqual(kept.u2k);
    // From begin to end, with nothing of the run before that.
    expect(kept.raw.toString()).toMatch(/^[^]* begin probe=pf faults=20000 [^]* end faults=20000 /);
  });

  it('accounts for every sample of a ring that overflows under a line a fault', async () => {
    const faults = 60_000;
    // In place before the run: a quick reader has read a run of any length before its first samples are stored. While xperf prints
    // several rings full the reader is held.
    const held = guest.succeed(`
      counted() { sed -n 's/^samples=//p' /proc/xperf; }
      before=$(counted); while [ $(($(counted) - before)) -lt 1000 ]; do sleep 0.1; done
      reader=$(pgrep -x -f '/run/patched-worker/cache/follow-.*') && kill -STOP $reader || exit 1
      from=$(counted); while [ $(($(counted) - from)) -lt 10000 ] && [ $(($(counted) - before)) -lt ${faults} ]; do sleep 0.1; done
      echo $(($(counted) - from))
      kill -CONT $reader`);
    const runId = await submit('patched-single', { faults });
    expect(Number(await held)).toBeGreaterThanOrEqual(10_000);
    const { samples, lost, rejected } = await completed(runId);
    expect(samples + lost + rejected).toBe(faults);
    expect(lost).toBeGreaterThan(5_000);
    const { gaps } = await detail(runId);
    const records = gaps.reduce((sum, { lostRecords }) => sum + (lostRecords ?? 0), 0);
    expect(gaps.reduce((sum, { lostSamples }) => sum + lostSamples, 0)).toBe(lost);
    // Every line is a sample, so what the log's own numbers say is missing is what the samples' numbers say.
    expect(records).toBe(lost);
    const { seq } = await stored(runId);
    expect(seq.length).toBe(samples);
    expect(new Set(seq).size).toBe(samples);
  });

  it('takes no line of others for a sample, and shows them', async () => {
    const faults = 200_000;
    const runId = await submit('patched', { faults });
    const events = await until(runId, (seen) => seen.some(({ type }) => type === 'CrossingSamplesRecorded'));
    const nonce = nonceOf(events);
    const forged = 'pid=1 cpu=1 seq=199999 u2k=77777777 k2u=77777777 irq=0';
    const good = formatContractLine(nonce, forged);
    const lines = [
      formatContractLine('0badcafe', forged),
      good.replace(/ck=.*/, 'ck=00000000'),
      good.slice(0, good.length / 2),
      good.replace(' v=1 ', ' v=2 '),
    ];
    await guest.succeed(lines.map((line) => `echo '<6>${line}' > /dev/kmsg`).join('\n'));
    const { samples, lost, rejected, damagedLines } = await completed(runId);
    expect({ lost, sum: samples + rejected, damagedLines }).toEqual({ lost: 0, sum: faults, damagedLines: 2 });
    const { gaps } = await detail(runId);
    const reasons = gaps.map(({ reason }) => reason).sort();
    expect(reasons).toEqual(['damaged-line', 'damaged-line', 'foreign-line', 'unknown-contract']);
    const { seq, u2k } = await stored(runId);
    expect(u2k).not.toContain(77_777_777);
    expect(new Set(seq).size).toBe(samples);
  });

  const lastOf = async (hostId: string): Promise<RecordedEvent | undefined> =>
    (await end(await submit(hostId, { faults: 100 }))).at(-1);

  it('says when the hook will not serve it', async () => {
    await guest.succeed('echo mode=root > /proc/xperf');
    expect(await lastOf('patched')).toMatchObject({ data: { failure: { code: 'hook-root-only' } } });
    await guest.succeed('echo mode=off > /proc/xperf');
    expect(await lastOf('patched')).toMatchObject({ data: { failure: { code: 'hook-off' } } });
    await guest.succeed('echo mode=owner > /proc/xperf; echo owner=1000 > /proc/xperf');
    expect(await lastOf('patched')).toMatchObject({
      data: {
        failure: { code: 'hook-not-owner', remedy: expect.stringContaining(`owner=${guestWorkerUser}`) as unknown },
      },
    });
    await guest.succeed(`echo owner=${guestWorkerUser} > /proc/xperf`);
  });

  it('keeps other users from filling the log, and from changing who may', async () => {
    const as = (user: number, command: string) =>
      guest.run(
        `setpriv --reuid=${user} --regid=${user} --clear-groups --inh-caps=-all --bounding-set=-all ${command}`,
      );
    await guest.succeed('chmod a+rx /run/patched-worker /run/patched-worker/cache /run/patched-worker/cache/xperf-*');
    const xperf = '/run/patched-worker/cache/xperf-* --probe pf --run 0badcafe --faults 64 --cpu 1';
    const refused = await as(1000, xperf);
    expect(refused).toMatchObject({
      status: 7,
      output: expect.stringContaining('does not serve user 1000') as unknown,
    });
    expect((await guest.run('dmesg | grep -c run=0badcafe')).output.trim()).toBe('0');
    for (const setting of ['owner=1000', 'mode=any']) {
      expect((await as(1000, `sh -c 'echo ${setting} > /proc/xperf'`)).status).not.toBe(0);
      // Root of a container: user 0, without the capability.
      expect((await as(0, `sh -c 'echo ${setting} > /proc/xperf'`)).status).not.toBe(0);
    }
    expect(await guest.succeed('grep -E "^(mode|owner)=" /proc/xperf')).toBe(`mode=owner\nowner=${guestWorkerUser}`);
    expect(await as(guestWorkerUser, xperf)).toMatchObject({ status: 0 });
  });

  it.each(['pf_rt', 'syscall_rt'] as const)('measures %s here too, without hook or log', async (probe) => {
    await guest.succeed('echo mode=off > /proc/xperf');
    const runId = await submit('patched', { probes: [probe], faults: 2_000 });
    const { samples, lost, rejected } = await completed(runId);
    await guest.succeed('echo mode=owner > /proc/xperf');
    expect({ lost, sum: samples + rejected }).toEqual({ lost: 0, sum: 2_000 });
    expect(samples).toBeGreaterThan(1_000);
    expect(await detail(runId)).toMatchObject({ executor: 'patched-host', probe, bootState: { kpti: true } });
  });

  it('leaves nothing running when it is killed, and the run is done again', async () => {
    const runId = await submit('patched', { faults: 150_000 });
    await until(runId, (events) => events.some(({ type }) => type === 'CrossingSamplesRecorded'));
    await guest.succeed(`kill -KILL ${worker}; while pgrep -f '/run/patched-worker/cache/'; do :; done`);
    // The next one has no capability at all, on a host that lets everybody read the log.
    await guest.succeed('echo 0 > /proc/sys/kernel/dmesg_restrict');
    worker = await startWorker();
    const events = await end(runId);
    const types = events.map(({ type }) => type).filter((type) => !/Recorded|Observed/.test(type));
    expect(types).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', 'RunQueued', 'RunStarted', 'RunCompleted']);
    const { samples, lost, rejected } = await completed(runId);
    expect({ lost, sum: samples + rejected }).toEqual({ lost: 0, sum: 150_000 });
    expect(await detail(runId)).toMatchObject({ attempt: 2, samples, state: 'completed' });
  });

  it('says when it may not read the kernel log', async () => {
    await guest.succeed('echo 1 > /proc/sys/kernel/dmesg_restrict');
    expect(await lastOf('patched')).toMatchObject({
      type: 'RunFailed',
      data: { failure: { code: 'log-denied', remedy: expect.stringContaining('CAP_SYSLOG') as unknown } },
    });
  });

  describe('on a stock kernel', () => {
    let stock: GuestHost;
    beforeAll(async () => {
      stock = await GuestHost.boot({ series: '6.12', variant: 'stock' }, (folder) => mkdir(join(folder, 'cache')));
    });
    afterAll(() => stock?.close());

    it('fails by name', async () => {
      const pid = await startGuestWorker(stock, {
        id: 'stock-worker',
        hosts: [{ hostId: 'stock', executors: ['patched-host'] }],
        capabilities: ['syslog'],
        environment,
      });
      await registered(['stock'], stock, pid);
      expect((await end(await submit('stock', { faults: 100 }))).at(-1)).toMatchObject({
        type: 'RunFailed',
        data: {
          failure: { code: 'hook-missing', message: expect.stringContaining('-xperf-stock') as unknown },
        },
      });
    });
  });
});
