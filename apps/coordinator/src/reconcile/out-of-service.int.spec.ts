import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { HostAction } from '#contracts';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { eachOnce, faults, hosts, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { causeOf, measure, registerHost, startAttempt, tellRun } from '../../../../test/fleet/story.js';
import { actOnEach } from '../hosts/act-on-hosts.js';
import { ticketOf } from './tickets.js';

jest.setTimeout(60_000);
const here = useFleet();

const act = async (action: HostAction, hostId = 'h1') => {
  const { correlationId, actor } = causeOf('key:ann');
  await actOnEach(here.fleet.db, [hostId], { action, reason: 'new DIMMs' }, { correlationId, actor });
  await here.fleet.catchUp();
};
const waiting = async (hostId: string) => (await here.fleet.queue.standing([hostId])).get(hostId)?.waiting;
const serviceOf = async (hostId: string) => (await here.fleet.db.hostService.findUnique({ where: { hostId } }))?.state;

beforeEach(async () => {
  for (const host of hosts) await registerHost(here.fleet.db, host);
  await here.fleet.catchUp();
});
afterEach(async () => {
  for (const action of ['undrain', 'release', 'restore'] as const) await act(action);
});

describe('a host that is draining', () => {
  it('keeps no ticket, whatever is lost or put, and its runs go on when it is back, each once', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 3 });
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler({ putBackEveryMs: 0, putAllEveryMs: 0 });
    expect(await reconciler.pass()).toMatchObject({ queued: 6 });
    await here.fleet.catchUp();
    await act('drain');
    expect(await reconciler.pass()).toMatchObject({ withheld: 1, putBack: 0 });
    expect([await waiting('h1'), await waiting('h2')]).toEqual([0, 3]);
    await here.fleet.backend.wipe();
    expect(await reconciler.pass()).toMatchObject({ withheld: 0, putBack: 3 });
    expect([await waiting('h1'), await waiting('h2')]).toEqual([0, 3]);
    await act('undrain');
    expect(await reconciler.pass()).toMatchObject({ withheld: 0, putBack: 3 });
    expect([await waiting('h1'), await waiting('h2')]).toEqual([3, 3]);
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });

  it('has its runs planned and not queued meanwhile', async () => {
    await act('drain');
    const { jobId } = await here.fleet.submit({ runsPerHost: 2, order: 'sequential' });
    await here.fleet.catchUp();
    expect(await here.fleet.reconciler().pass()).toMatchObject({ queued: 2 });
    await here.fleet.catchUp();
    expect(await here.fleet.statesOf(jobId)).toEqual(['planned', 'planned', 'queued', 'queued']);
    await act('undrain');
    expect(await here.fleet.reconciler().pass()).toMatchObject({ queued: 2 });
  });

  it('ends the run that it has; the next attempt of one that is given up waits', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 2 }, hosts.slice(0, 1));
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    const [first, second] = plan.map(({ runId }) => runId);
    // Its worker has the ticket.
    await here.fleet.queue.removeAll([
      ticketOf({ ...{ jobId, runId: first ?? '', hostId: 'h1', attempt: 1 }, correlationId: jobId }),
    ]);
    await startAttempt(here.fleet.db, first ?? '', 1);
    await here.fleet.catchUp();
    await act('drain');
    expect(await here.fleet.reconciler().pass()).toMatchObject({ expired: 0, withheld: 1 });
    expect(await here.fleet.reconciler({ leaseMs: 0 }).pass()).toMatchObject({ expired: 1 });
    expect(await waiting('h1')).toBe(0);
    expect(await here.fleet.story(first ?? '')).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', 'RunQueued']);
    expect(await here.fleet.story(second ?? '')).toEqual(['RunQueued']);
  });

  it('is found by a coordinator that comes later than the one that should have taken its tickets', async () => {
    await here.fleet.submit({ runsPerHost: 2 }, hosts.slice(0, 1));
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await here.fleet.catchUp();
    await act('drain');
    await here.fleet.db.$executeRaw`UPDATE host_service SET since = now() - interval '1 hour'`;
    await here.fleet.reconciler().pass();
    expect(await waiting('h1')).toBe(0);
  });
});

describe('a host that is removed', () => {
  it('has its waiting runs given up, so that the job ends', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 2 });
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler();
    await reconciler.pass();
    await here.fleet.catchUp();
    await act('remove');
    expect(await reconciler.pass()).toMatchObject({ cancelled: 2 });
    expect(await waiting('h1')).toBe(0);
    for (const { runId, hostId } of plan) if (hostId === 'h2') await measure(here.fleet.db, runId, 1, { faults });
    await here.fleet.catchUp();
    expect(await reconciler.pass()).toMatchObject({ ended: 1 });
    await here.fleet.catchUp();
    expect(await here.fleet.jobEnded(jobId)).toBe('partial');
    const [given] = await here.fleet.db.run.findMany({ where: { jobId, hostId: 'h1' } });
    expect(given).toMatchObject({ state: 'abandoned', failure: { code: 'host-removed' } });
  });
});

describe('a host whose runs fail', () => {
  const failure = { code: 'compiler-missing', message: 'no cc', remedy: 'install one' } as const;
  const limits = { quarantine: { failures: 3, noise: false } };

  const fail = async (runId: string) => {
    await startAttempt(here.fleet.db, runId, 1);
    await tellRun(here.fleet.db, runId, { type: 'fail', attempt: 1, failure, parserVersion: 2 });
  };

  /** A job of both hosts, three runs each: those of h1 fail, those of h2 too unless they are measured. */
  const job = async (elsewhere: 'measured' | 'failed') => {
    const { plan } = await here.fleet.submit({ runsPerHost: 3 });
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    for (const { runId, hostId } of plan) {
      if (hostId === 'h2' && elsewhere === 'measured') await measure(here.fleet.db, runId, 1, { faults });
      else await fail(runId);
    }
    await here.fleet.catchUp();
  };

  it('is quarantined when others of the same job complete, says why, and is left alone after a release', async () => {
    await job('measured');
    expect(await here.fleet.reconciler({ quarantine: { failures: 4, noise: false } }).pass()).toMatchObject({
      quarantined: 0,
    });
    expect(await here.fleet.reconciler(limits).pass()).toMatchObject({ quarantined: 1 });
    await here.fleet.catchUp();
    expect(await here.fleet.db.hostService.findMany({ where: { state: 'quarantined' } })).toMatchObject([
      {
        ...{ hostId: 'h1', rule: 'failures', actor: 'coordinator:rule-failures' },
        reason: 'the last 3 runs gave no result, the latest because of compiler-missing',
      },
    ]);
    await act('release');
    expect(await here.fleet.reconciler(limits).pass()).toMatchObject({ quarantined: 0 });
    expect(await serviceOf('h1')).toBe('in-service');
  });

  it('is not when they fail on most hosts, or all that ran the same probe', async () => {
    const more = [...hosts, simulatedHost('h3')];
    await registerHost(here.fleet.db, simulatedHost('h3'));
    const { plan } = await here.fleet.submit({ runsPerHost: 3 }, more);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    for (const { runId, hostId } of plan) {
      if (hostId === 'h3') await measure(here.fleet.db, runId, 1, { faults });
      else await fail(runId);
    }
    await here.fleet.catchUp();
    expect(await here.fleet.reconciler(limits).pass()).toMatchObject({ quarantined: 0 });
  });

  it('is not when they fail everywhere: that is the job’s fault', async () => {
    await job('failed');
    expect(await here.fleet.reconciler(limits).pass()).toMatchObject({ quarantined: 0 });
  });
});

describe('a host of noise grade D', () => {
  const limits = { quarantine: { failures: null, noise: true } };
  const pass = async () => {
    const { quarantined } = await here.fleet.reconciler(limits).pass();
    await here.fleet.catchUp();
    return quarantined;
  };

  it('is quarantined where that is asked for, and left alone for a week after a release, draining or not', async () => {
    const series = { executor: 'simulator', probe: 'pf', metric: 'u2k', provenance: 'simulated' };
    const spread = {
      ...series,
      runs: 60,
      boots: 6,
      days: 6,
      withinRunSd: 0.01,
      runDegrees: 50,
      bootSd: null,
      daySd: null,
    };
    const noise = { ...spread, bootDegrees: 0, dayDegrees: 0 };
    await here.fleet.db.hostNoise.createMany({
      data: [
        { ...noise, hostId: 'h1', runSd: 0.3 },
        { ...noise, hostId: 'h2', runSd: 0.0001 },
      ],
    });
    // Nothing was ever said of them.
    await here.fleet.db.hostService.deleteMany();
    expect((await here.fleet.reconciler().pass()).quarantined).toBe(0);
    expect(await pass()).toBe(1);
    expect(await here.fleet.db.hostService.findUnique({ where: { hostId: 'h1' } })).toMatchObject({
      ...{ state: 'quarantined', rule: 'noise', actor: 'coordinator:rule-noise' },
      reason: expect.stringMatching(/^noise grade D: its runs scatter by [\d.]+ %$/),
    });
    await act('release');
    expect(await pass()).toBe(0);
    await act('drain');
    expect(await pass()).toBe(0);
    await act('undrain');
    await here.fleet.db.$executeRaw`UPDATE host_service SET since = now() - interval '8 days'`;
    expect(await pass()).toBe(1);
  });
});
