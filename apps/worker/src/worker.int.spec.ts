import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunTicket } from '#contracts';
import type { AttemptLog, WorkerHost } from './attempt/attempt-context.js';
import { createCoordinatorClient } from './coordinator/coordinator-client.js';
import { workerPlace } from './executors/worker-place.js';
import { serveHosts } from './hosts/serve-hosts.js';
import { openStore } from './store/open-store.js';
import { intervals } from './testing/fake-coordinator.js';
import { startCuttableProxy, type CuttableProxy } from './testing/cuttable-proxy.js';
import { ScriptedExecutor } from './testing/scripted-executor.js';
import { expectEverySampleStoredOnce } from './testing/stored-samples.js';
import { FleetAroundWorker } from './testing/fleet-around-worker.js';
import { startWorker, type RunningWorker } from './worker.js';

const begin = (faults: number): string =>
  `begin probe=pf_rt faults=${faults} warmup=0 pid=7 cpu=1 batch=64 overhead=20`;
const sample = (seq: number): string => `pid=7 cpu=1 seq=${seq} n=1 pf_rt=${1_000 + seq}`;
const samples = (seq: number): string =>
  `pid=7 cpu=1 seq=${seq} n=64 pf_rt=${Array.from({ length: 64 }, (_, index) => 1_000 + index).join(',')}`;

jest.setTimeout(30_000);

/** Simulated hosts touch neither folder. */
const nowhere = { cacheDir: '/nowhere', kernelDir: '/nowhere' };
const place = workerPlace(nowhere, { warn: () => undefined }, new AbortController().signal);

describe('a worker between queue and store', () => {
  let fleet: FleetAroundWorker;
  let worker: RunningWorker | undefined;
  const logged: { level: string; message: string; facts: object }[] = [];
  const note =
    (level: string) =>
    (facts: object, message: string): void => {
      logged.push({ level, facts, message });
    };
  const log: AttemptLog = { info: note('info'), warn: note('warn'), error: note('error') };

  async function serve(
    hosts: WorkerHost[],
    { databaseUrl = fleet.database.workerUrl, ...limits }: { databaseUrl?: string; outageLimitMs?: number } = {},
  ): Promise<void> {
    worker = await startWorker(
      {
        workerId: 'w1',
        instanceId: '00000000-0000-4000-8000-000000000001',
        hosts,
        queueUrl: fleet.queue.workerUrl,
        store: openStore(databaseUrl, hosts.length),
        coordinator: createCoordinatorClient({
          url: fleet.coordinator.url,
          key: 'xf_test',
          workerId: 'w1',
          requestLimitMs: 5_000,
        }),
        log,
        ...limits,
        onRefused: (error) => note('fatal')({}, error.message),
      },
      new AbortController().signal,
    );
  }

  async function serveScripted(hostId: string, more: Parameters<typeof serve>[1] = {}): Promise<ScriptedExecutor> {
    const executor = new ScriptedExecutor();
    const [host] = await serveHosts([{ hostId, executors: ['simulator'], machine: 'haswell-ep', labels: {} }], place);
    await serve([{ ...(host as WorkerHost), executors: [executor] }], more);
    return executor;
  }

  beforeAll(async () => {
    fleet = await FleetAroundWorker.start();
  });
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
    fleet.coordinator.stop = [];
  });
  afterAll(() => fleet.close());

  it('turns a simulated run into events whose batches hold every sample and every captured byte', async () => {
    const hostId = 'sim-1';
    await serve(
      await serveHosts([{ hostId, executors: ['simulator'], machine: 'skylake-sp', labels: { rack: 'r1' } }], place),
    );
    expect(fleet.coordinator.registrations.at(-1)).toMatchObject({
      workerId: 'w1',
      authorization: 'Bearer xf_test',
      body: { hosts: [{ hostId, labels: { rack: 'r1' }, capabilities: [{ executor: 'simulator' }] }] },
    });
    const faults = 20_000;
    const ticket = await fleet.queueRun({ hostId, executor: 'simulator', probe: 'pf', faults, warmup: 100 });
    const events = await fleet.ended(ticket);
    const started = events.find((event) => event.type === 'RunStarted');
    expect(started?.data).toMatchObject({
      workerId: 'w1',
      provenance: 'simulated',
      labels: { rack: 'r1', generation: 'Skylake-SP' },
    });
    expect(started?.meta).toMatchObject({
      correlationId: ticket.correlationId,
      causationId: events[0]?.meta.eventId,
      actor: 'worker:w1',
    });
    const completed = events.at(-1);
    if (completed?.type !== 'RunCompleted') throw new Error(`ended by ${completed?.type}`);
    const { rawBytes, batches } = completed.data;
    expect(batches).toBe(events.filter(({ type }) => type === 'CrossingSamplesRecorded').length);
    const text = await expectEverySampleStoredOnce(fleet.db, completed.data);
    expect(text).toHaveLength(rawBytes);
    expect(text).toContain(' begin probe=pf ');
    expect(text.trimEnd()).toMatch(/ end faults=20000 samples=\d+ rejected=\d+ ck=[0-9a-f]{8}$/);
  });

  // The login to the queue may put what it likes on every host's queue.
  it('drops tickets that are stale or forged: unknown run, another host’s, other attempt, no ticket at all', async () => {
    const executor = await serveScripted('stale-1');
    const other = await fleet.queueRun({ hostId: 'elsewhere', executor: 'simulator', probe: 'pf_rt', faults: 1 });
    await fleet.put({ ...other, hostId: 'stale-1' });
    await fleet.put({ ...other, hostId: 'stale-1', runId: '018f3f5e-0000-7000-8000-00000000dead' });
    await fleet.put({ hostId: 'stale-1', runId: "x'; DROP TABLE events", attempt: {} } as unknown as RunTicket);
    await fleet.put({ ...other, hostId: 'stale-1', attempt: -1 });
    const run = await fleet.queueRun({ hostId: 'stale-1', executor: 'simulator', probe: 'pf_rt', faults: 1 });
    await fleet.put({ ...run, attempt: 2 });
    await fleet.put({ ...run, jobId: other.jobId, correlationId: other.jobId });
    await executor.running;
    executor.say(begin(1), sample(0), 'end faults=1 samples=1 rejected=0');
    executor.finish();
    await fleet.ended(run);
    expect(await fleet.types(other)).toEqual(['RunQueued']);
    expect(await fleet.types(run)).toEqual(['RunQueued', 'RunStarted', 'CrossingSamplesRecorded', 'RunCompleted']);
  });

  it('starts no run while the coordinator has been silent for a lease, and then the same ticket', async () => {
    const executor = await serveScripted('unheard-1');
    fleet.coordinator.answers = Array.from({ length: 5_000 }, () => ({ status: 503, body: {} }));
    // The fake's lease.
    await pause(2_100);
    const run = await fleet.queueRun({ hostId: 'unheard-1', executor: 'simulator', probe: 'pf_rt', faults: 1 });
    await pause(500);
    expect(await fleet.types(run)).toEqual(['RunQueued']);
    fleet.coordinator.answers = [];
    await executor.running;
    executor.say(begin(1), sample(0), 'end faults=1 samples=1 rejected=0');
    executor.finish();
    await fleet.ended(run);
    expect(await fleet.types(run)).toEqual(['RunQueued', 'RunStarted', 'CrossingSamplesRecorded', 'RunCompleted']);
  });

  it('records what was lost, never repairs it', async () => {
    const executor = await serveScripted('lossy-1');
    const run = await fleet.queueRun({ hostId: 'lossy-1', executor: 'simulator', probe: 'pf_rt', faults: 4 });
    await executor.running;
    executor.say(begin(4), sample(0), sample(3), 'end faults=4 samples=3 rejected=1');
    executor.finish();
    const events = await fleet.ended(run);
    expect(events.at(-1)).toMatchObject({ type: 'RunCompleted', data: { samples: 2, lost: 1, rejected: 1 } });
    expect(events.find(({ type }) => type === 'KernelLogGapObserved')?.data).toMatchObject({
      reason: 'sample-gap',
      lostSamples: 1,
    });
  });

  it('tells once, not for each of its hosts, that the connections of their lanes broke', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `lane-${index}`);
    const specs = names.map((hostId) => ({
      ...{ hostId, executors: ['simulator' as const], machine: 'haswell-ep', labels: {} },
    }));
    await serve(await serveHosts(specs, place));
    const measure = async (hostId: string) =>
      fleet.ended(await fleet.queueRun({ hostId, executor: 'simulator', probe: 'pf', faults: 20 }));
    for (const hostId of names) await measure(hostId);
    await fleet.cutLogin();
    for (const hostId of names) expect((await measure(hostId)).at(-1)?.type).toBe('RunCompleted');
    const reasons = logged
      .filter(({ message }) => message === 'the lane reports trouble')
      .map(({ facts }) => String((facts as { err: unknown }).err));
    expect(reasons).toEqual([...new Set(reasons)]);
  });

  it('fails a run whose log holds no line of it, keeping the captured bytes', async () => {
    const executor = await serveScripted('empty-1');
    const run = await fleet.queueRun({ hostId: 'empty-1', executor: 'simulator', probe: 'pf_rt', faults: 4 });
    await executor.running;
    executor.finish();
    const events = await fleet.ended(run);
    expect(events.at(-1)).toMatchObject({ type: 'RunFailed', data: { failure: { code: 'log-without-run' } } });
  });

  it('fails a run that its host can not do, saying what it can', async () => {
    await serveScripted('narrow-1');
    const wanted = { hostId: 'narrow-1', executor: 'vm', probe: 'pf', faults: 4 } as const;
    const events = await fleet.ended(await fleet.queueRun(wanted));
    expect(events.map(({ type }) => type)).toEqual(['RunQueued', 'RunStarted', 'RunFailed']);
    expect(events.at(-1)).toMatchObject({ data: { failure: { code: 'executor-not-served' } } });
    const probe = await fleet.ended(await fleet.queueRun({ ...wanted, executor: 'simulator' }));
    expect(probe.at(-1)).toMatchObject({ data: { failure: { code: 'probe-not-served' } } });
  });

  it('stops and drops everything once the attempt was superseded; the next attempt completes', async () => {
    const executor = await serveScripted('fence-1');
    const first = await fleet.queueRun({ hostId: 'fence-1', executor: 'simulator', probe: 'pf_rt', faults: 20_000 });
    await executor.running;
    await fleet.until(first, (events) => events.at(-1)?.type === 'RunStarted');
    const second = await fleet.expire(first);
    // Enough samples for a batch; the measuring program itself goes on.
    executor.say(begin(20_000), ...Array.from({ length: 200 }, (_, line) => samples(64 * line)));
    await fleet.put(second);
    await fleet.until(second, (events) => events.filter(({ type }) => type === 'RunStarted').length === 2);
    expect(executor.ends).toBe(1);
    expect(logged).toContainEqual(expect.objectContaining({ message: 'superseded; what it measured is dropped' }));
    executor.say(begin(20_000), samples(0), 'end faults=20000 samples=64 rejected=19936');
    executor.finish();
    const events = await fleet.ended(second);
    expect(events.map(({ type }) => type)).toEqual([
      'RunQueued',
      'RunStarted',
      'RunAbandoned',
      'RunQueued',
      'RunStarted',
      'CrossingSamplesRecorded',
      'RunCompleted',
    ]);
    expect(events.at(-1)).toMatchObject({ data: { attempt: 2, samples: 64 } });
  });

  it('stops an attempt that the coordinator’s answer to a heartbeat names, and says so', async () => {
    const executor = await serveScripted('cancel-1');
    const run = await fleet.queueRun({ hostId: 'cancel-1', executor: 'simulator', probe: 'pf_rt', faults: 1_000 });
    await executor.running;
    const { runId, attempt } = run;
    await fleet.coordinator.heard(({ attempts }) => attempts.some((one) => one.runId === runId));
    fleet.coordinator.stop = [{ runId, attempt }];
    const events = await fleet.ended(run);
    expect(events.at(-1)).toMatchObject({ type: 'RunAbandoned', data: { reason: 'cancelled', final: true } });
    expect(executor.ends).toBe(1);
    await fleet.coordinator.heard(({ attempts }) => attempts.length === 0);
  });

  it('abandons what it works on when it is stopped, so that the run is queued again at once', async () => {
    const executor = await serveScripted('stop-1');
    const run = await fleet.queueRun({ hostId: 'stop-1', executor: 'simulator', probe: 'pf_rt', faults: 1_000 });
    await executor.running;
    await fleet.until(run, (events) => events.at(-1)?.type === 'RunStarted');
    await worker?.stop();
    worker = undefined;
    const events = await fleet.events(run);
    expect(events.map(({ type }) => type)).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', 'RunQueued']);
    expect(events.at(-2)).toMatchObject({ data: { reason: 'worker-stopped', final: false } });
    expect(executor.ends).toBe(1);
  });

  it('lets an attempt that is about to end finish when it is stopped', async () => {
    const executor = await serveScripted('finish-1');
    const run = await fleet.queueRun({ hostId: 'finish-1', executor: 'simulator', probe: 'pf_rt', faults: 1 });
    await executor.running;
    const stopped = worker?.stop();
    worker = undefined;
    executor.say(begin(1), sample(0), 'end faults=1 samples=1 rejected=0');
    executor.finish();
    await stopped;
    expect((await fleet.types(run)).at(-1)).toBe('RunCompleted');
  });

  describe('when the store can not be reached in mid-run', () => {
    let proxy: CuttableProxy;
    const faults = 20_000;
    const batch = Array.from({ length: 200 }, (_, line) => samples(64 * line));
    const retried = (): number =>
      logged.filter(({ message }) => message.startsWith('the store does not answer')).length;

    beforeAll(async () => {
      proxy = await startCuttableProxy(fleet.database.workerUrl);
    });
    afterAll(() => proxy.close());

    it('goes on where it was when the store comes back', async () => {
      const executor = await serveScripted('blip-1', { databaseUrl: proxy.url });
      const run = await fleet.queueRun({ hostId: 'blip-1', executor: 'simulator', probe: 'pf_rt', faults });
      await executor.running;
      const before = retried();
      proxy.cut();
      executor.say(begin(faults), ...batch);
      await fleet.untilTrue(() => retried() > before);
      proxy.restore();
      executor.say('end faults=20000 samples=12800 rejected=7200');
      executor.finish();
      const events = await fleet.ended(run);
      expect(events.at(-1)).toMatchObject({
        type: 'RunCompleted',
        data: { samples: 12_800, lost: 0, rejected: 7_200 },
      });
    });

    it('captures on for longer than a lease and stores all of it when the store comes back', async () => {
      const executor = await serveScripted('long-1', { databaseUrl: proxy.url });
      const run = await fleet.queueRun({ hostId: 'long-1', executor: 'simulator', probe: 'pf_rt', faults });
      await fleet.until(run, (events) => events.at(-1)?.type === 'RunStarted');
      await executor.running;
      proxy.cut();
      executor.say(begin(faults), ...batch, 'end faults=20000 samples=12800 rejected=7200');
      executor.finish();
      await fleet.untilTrue(() => executor.ends === 1);
      // The coordinator can't reach it either.
      const unavailable = { status: 503, body: {} };
      fleet.coordinator.answers.push(...Array.from({ length: 20 }, () => unavailable));
      await pause(2 * intervals.leaseMs);
      await fleet.coordinator.heard(({ attempts }) => attempts.length === 1);
      expect(await fleet.types(run)).toEqual(['RunQueued', 'RunStarted']);
      proxy.restore();
      const completed = (await fleet.ended(run)).at(-1);
      if (completed?.type !== 'RunCompleted') throw new Error(`ended by ${completed?.type}`);
      expect(completed.data).toMatchObject({ attempt: 1, samples: 12_800, lost: 0, rejected: 7_200 });
      await expectEverySampleStoredOnce(fleet.db, completed.data);
    });

    it('gives the attempt up when it stays away, so that its lease runs out', async () => {
      const executor = await serveScripted('outage-1', { databaseUrl: proxy.url, outageLimitMs: 2_000 });
      const first = await fleet.queueRun({ hostId: 'outage-1', executor: 'simulator', probe: 'pf_rt', faults });
      await executor.running;
      await fleet.until(first, (events) => events.at(-1)?.type === 'RunStarted');
      proxy.cut();
      executor.say(begin(faults), ...batch);
      await fleet.untilTrue(() => executor.ends === 1);
      await fleet.coordinator.heard(({ attempts }) => attempts.length === 0);
      expect(await fleet.types(first)).toEqual(['RunQueued', 'RunStarted']);
      proxy.restore();
      const second = await fleet.expire(first);
      await fleet.put(second);
      await fleet.until(second, (events) => events.at(-1)?.type === 'RunStarted');
      executor.say(begin(faults), ...batch, 'end faults=20000 samples=12800 rejected=7200');
      executor.finish();
      expect((await fleet.ended(second)).at(-1)).toMatchObject({ type: 'RunCompleted', data: { attempt: 2 } });
    });
  });
});
