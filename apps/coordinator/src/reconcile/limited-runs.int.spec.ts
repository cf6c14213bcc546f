import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { HostDescription, JobSpecInput } from '#contracts';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { faults, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { causeOf, measure, registerHost, startAttempt } from '../../../../test/fleet/story.js';
import { actOnEach } from '../hosts/act-on-hosts.js';

jest.setTimeout(120_000);
const here = useFleet();

const inRack = (hostId: string, rack?: string): HostDescription => ({
  ...simulatedHost(hostId),
  labels: rack === undefined ? {} : { rack },
});
const fleet = [inRack('h1', 'r1'), inRack('h2', 'r1'), inRack('h3', 'r1'), inRack('r2-1', 'r2'), inRack('free')];

const act = async (action: 'drain' | 'undrain', hostId: string) => {
  const { correlationId, actor } = causeOf('key:ann');
  await actOnEach(here.fleet.db, [hostId], { action, reason: 'new DIMMs' }, { correlationId, actor });
  await here.fleet.catchUp();
};

const submit = async (spec: Partial<JobSpecInput>, hosts = fleet) => {
  const { jobId } = await here.fleet.submit({ order: 'sequential', runsPerHost: 2, ...spec }, hosts);
  await here.fleet.catchUp();
  return jobId;
};

/** What is queued or running, and of which hosts. */
const underWay = async () =>
  (
    await here.fleet.db.run.findMany({
      where: { state: { in: ['queued', 'started'] } },
      orderBy: [{ jobId: 'asc' }, { planIndex: 'asc' }],
    })
  ).map(({ runId, jobId, hostId }) => ({ runId, jobId, hostId }));
const hostsUnderWay = async () => (await underWay()).map(({ hostId }) => hostId).sort();

const pass = async (reconciler = here.fleet.reconciler()) => {
  await reconciler.pass();
  await here.fleet.catchUp();
};
const end = async (hostId: string) => {
  const run = (await underWay()).find((one) => one.hostId === hostId);
  await measure(here.fleet.db, run?.runId ?? 'none', 1, { faults });
  await here.fleet.catchUp();
};

const twoPerRack = { atOnce: { label: 'rack', hosts: 2 } };

describe('a job of which two hosts a rack are measured at once', () => {
  beforeEach(async () => {
    for (const host of fleet) await registerHost(here.fleet.db, host);
    await here.fleet.catchUp();
  });
  afterEach(async () => {
    await act('undrain', 'h1');
    expect(here.fleet.errors).toEqual([]);
  });

  it('has one run of two hosts of each rack queued, and all of those of a host without a rack', async () => {
    await submit(twoPerRack);
    await pass();
    expect(await hostsUnderWay()).toEqual(['free', 'free', 'h1', 'h2', 'r2-1']);
    await pass();
    expect(await hostsUnderWay()).toEqual(['free', 'free', 'h1', 'h2', 'r2-1']);
  });

  it('has no more, however far the read model lags and whichever coordinator looks', async () => {
    const jobId = await submit(twoPerRack);
    await here.fleet.reconciler().pass();
    await here.fleet.reconciler().pass();
    await here.fleet.catchUp();
    expect(await hostsUnderWay()).toEqual(['free', 'free', 'h1', 'h2', 'r2-1']);
    expect(await here.fleet.statesOf(jobId)).toHaveLength(10);
  });

  it('gives the place of a run that has ended, failed or been given up to the next in the plan', async () => {
    await submit(twoPerRack);
    const reconciler = here.fleet.reconciler();
    await pass(reconciler);
    await end('h2');
    await pass(reconciler);
    // The second run of h2 comes before the first of h3.
    expect(await hostsUnderWay()).toEqual(['free', 'free', 'h1', 'h2', 'r2-1']);
    await end('h2');
    await pass(reconciler);
    expect(await hostsUnderWay()).toEqual(['free', 'free', 'h1', 'h3', 'r2-1']);
  });

  it('keeps the place of a run whose next attempt is queued', async () => {
    await submit(twoPerRack);
    await pass();
    const [first] = await underWay();
    await startAttempt(here.fleet.db, first?.runId ?? '', 1);
    await here.fleet.catchUp();
    await pass(here.fleet.reconciler({ leaseMs: 0 }));
    expect(await here.fleet.story(first?.runId ?? '')).toEqual([
      'RunQueued',
      'RunStarted',
      'RunAbandoned',
      'RunQueued',
    ]);
    expect(await hostsUnderWay()).toEqual(['free', 'free', 'h1', 'h2', 'r2-1']);
  });

  it('passes over a host that takes no runs, also where it has a ticket already', async () => {
    await submit({ ...twoPerRack, order: 'interleaved' });
    await pass();
    await act('drain', 'h1');
    await pass();
    const others = (await hostsUnderWay()).filter((hostId) => hostId.startsWith('h') && hostId !== 'h1');
    expect(others).toEqual(['h2', 'h3']);
  });

  it('shares the places with other jobs under such a limit, the urgent one first, and not with those without', async () => {
    await submit(twoPerRack, fleet.slice(0, 3));
    const urgent = await submit({ ...twoPerRack, priority: 'high' }, fleet.slice(0, 3));
    const unlimited = await submit({}, fleet.slice(0, 3));
    await pass();
    const jobs = (await underWay()).map(({ jobId }) => jobId);
    expect(jobs.filter((jobId) => jobId === urgent)).toHaveLength(2);
    expect(jobs.filter((jobId) => jobId === unlimited)).toHaveLength(6);
    expect(jobs).toHaveLength(8);
  });

  it('is measured to its end', async () => {
    const jobId = await submit({ atOnce: { label: 'rack', hosts: 1 } }, fleet.slice(0, 2));
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
  });
});
