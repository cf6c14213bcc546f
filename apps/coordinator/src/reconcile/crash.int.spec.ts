import { describe, expect, it, jest } from '@jest/globals';
import { append, readStream } from '#event-store';
import { eachOnce, faults, firstHost, useFleet, wholeStory } from '../../../../test/fleet/fleet-under-test.js';
import { measure, startAttempt, tellJob } from '../../../../test/fleet/story.js';
import type { ReconcilerOptions } from './reconciler.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('after a crash', () => {
  const crash = (): never => {
    throw new Error('the process died here');
  };
  const deadly: [string, Partial<ReconcilerOptions>][] = [
    ['before an append', { append: () => Promise.reject(new Error('the process died here')) }],
    ['right after an append', { append: (...args) => append(...args).then(crash) }],
    [
      'before a put',
      {
        queue: {
          putAll: crash,
          counts: (host) => here.fleet.queue.counts(host),
          remove: (ticket) => here.fleet.queue.remove(ticket),
          mend: (tickets) => here.fleet.queue.mend(tickets),
          resume: (host) => here.fleet.queue.resume(host),
        },
      },
    ],
    [
      'right after a put',
      {
        queue: {
          putAll: (tickets) => here.fleet.queue.putAll(tickets).then(crash),
          counts: (host) => here.fleet.queue.counts(host),
          remove: (ticket) => here.fleet.queue.remove(ticket),
          mend: (tickets) => here.fleet.queue.mend(tickets),
          resume: (host) => here.fleet.queue.resume(host),
        },
      },
    ],
  ];

  it.each(deadly)('%s of queueing, the next coordinator completes the job', async (_, fault) => {
    const { jobId, plan } = await here.fleet.submit();
    await here.fleet.catchUp();
    await here.fleet.reconciler(fault).pass();
    expect(here.fleet.errors).toEqual([new Error('the process died here')]);
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });

  it.each(deadly)('%s of giving an attempt up, the next coordinator completes the run', async (_, fault) => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 }, firstHost);
    const runId = plan[0]?.runId ?? '';
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await startAttempt(here.fleet.db, runId, 1);
    await here.fleet.catchUp();
    await here.fleet.reconciler({ leaseMs: 0, ...fault }).pass();
    expect(here.fleet.errors).toContainEqual(new Error('the process died here'));
    here.fleet.startCoordinator({ leaseMs: 10 });
    here.fleet.startWorker(here.fleet.measureLeased);
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.story(runId)).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', ...wholeStory]);
  });

  it.each(deadly.slice(0, 2))('%s of ending the job, the next coordinator ends it once', async (_, fault) => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 });
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    for (const { runId } of plan) await measure(here.fleet.db, runId, 1, { faults });
    await here.fleet.catchUp();
    await here.fleet.reconciler(fault).pass();
    expect(here.fleet.errors).toEqual([new Error('the process died here')]);
    here.fleet.startCoordinator();
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect((await readStream(here.fleet.db, `job-${jobId}`)).map(({ type }) => type)).toEqual([
      'JobSubmitted',
      'JobCompleted',
    ]);
  });

  it.each(deadly.slice(0, 2))('%s of cancelling, the next coordinator ends the runs', async (_, fault) => {
    const { jobId } = await here.fleet.submit();
    await tellJob(here.fleet.db, jobId, { type: 'cancel', reason: 'enough' });
    await here.fleet.catchUp();
    await here.fleet.reconciler(fault).pass();
    here.fleet.startCoordinator();
    expect(await here.fleet.jobEnded(jobId)).toBe('cancelled');
    expect(new Set(await here.fleet.statesOf(jobId))).toEqual(new Set(['abandoned']));
  });

  it('of worker and coordinator together, with the queue gone, every run completes exactly once', async () => {
    const { jobId, plan } = await here.fleet.submit();
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await measure(here.fleet.db, plan[0]?.runId ?? '', 1, { faults });
    await here.fleet.backend.wipe();
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });
});
