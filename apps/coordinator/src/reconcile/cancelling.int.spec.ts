import { describe, expect, it, jest } from '@jest/globals';
import { readStream } from '#event-store';
import { faults, firstHost, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { measure, startAttempt, tellJob, tellRun } from '../../../../test/fleet/story.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('cancelling', () => {
  it('ends planned and queued runs at once, and takes their tickets back', async () => {
    const { jobId } = await here.fleet.submit();
    await here.fleet.catchUp();
    await here.fleet.reconciler({ batchSize: 4 }).pass();
    await here.fleet.catchUp();
    expect(new Set(await here.fleet.statesOf(jobId))).toEqual(new Set(['planned', 'queued']));
    await tellJob(here.fleet.db, jobId, { type: 'cancel', reason: 'enough' });
    here.fleet.startCoordinator();
    expect(await here.fleet.jobEnded(jobId)).toBe('cancelled');
    expect(new Set(await here.fleet.statesOf(jobId))).toEqual(new Set(['abandoned']));
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 0, active: 0 });
  });

  it('waits for the read model to see a run queued, and takes its ticket back then', async () => {
    const { jobId } = await here.fleet.submit();
    await here.fleet.catchUp();
    await tellJob(here.fleet.db, jobId, { type: 'cancel', reason: 'enough' });
    await here.fleet.reconciler().pass();
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 5, active: 0 });
    await here.fleet.db.job.update({ where: { jobId }, data: { state: 'cancelling' } });
    expect(await here.fleet.statesOf(jobId)).toContain('planned');
    expect(await here.fleet.reconciler().pass()).toMatchObject({ cancelled: 0 });
    await here.fleet.catchUp();
    expect(await here.fleet.reconciler().pass()).toMatchObject({ cancelled: 10 });
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 0, active: 0 });
  });

  it('leaves a started run to its worker, and ends the job when it is done', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 2 }, firstHost);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    const started = plan[0]?.runId ?? '';
    await startAttempt(here.fleet.db, started, 1);
    await tellJob(here.fleet.db, jobId, { type: 'cancel', reason: 'enough' });
    await here.fleet.catchUp();
    expect(await here.fleet.reconciler().pass()).toMatchObject({ cancelled: 1, ended: 0 });
    await here.fleet.catchUp();
    expect(await here.fleet.reconciler().pass()).toMatchObject({ cancelled: 0, ended: 0 });
    await tellRun(here.fleet.db, started, { type: 'abandon', attempt: 1, reason: 'cancelled' });
    here.fleet.startCoordinator();
    expect(await here.fleet.jobEnded(jobId)).toBe('cancelled');
  });

  it('does not wait for a worker that fell silent, nor try its run again', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 }, firstHost);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await startAttempt(here.fleet.db, plan[0]?.runId ?? '', 1);
    await tellJob(here.fleet.db, jobId, { type: 'cancel', reason: 'enough' });
    here.fleet.startCoordinator({ leaseMs: 10 });
    expect(await here.fleet.jobEnded(jobId)).toBe('cancelled');
    expect(await here.fleet.story(plan[0]?.runId ?? '')).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned']);
  });

  it('changes nothing of what had completed', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 2 }, firstHost);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await measure(here.fleet.db, plan[0]?.runId ?? '', 1, { faults });
    await tellJob(here.fleet.db, jobId, { type: 'cancel', reason: 'enough' });
    here.fleet.startCoordinator();
    expect(await here.fleet.jobEnded(jobId)).toBe('cancelled');
    expect(await here.fleet.statesOf(jobId)).toEqual(['completed', 'abandoned']);
    const { type, data } = (await readStream(here.fleet.db, `job-${jobId}`)).at(-1) ?? {};
    expect({ type, data }).toMatchObject({ type: 'JobCompleted', data: { runs: { completed: 1, abandoned: 1 } } });
  });
});
