import { describe, expect, it, jest } from '@jest/globals';
import { eachOnce, faults, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { measure } from '../../../../test/fleet/story.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('a queue', () => {
  it('that loses everything in the middle of a job gets it back: every run completes exactly once', async () => {
    let measured = 0;
    here.fleet.startCoordinator();
    here.fleet.startWorker(async (ticket) => {
      measured += 1;
      if (measured === 4) await here.fleet.backend.wipe();
      await here.fleet.measureOnce(ticket);
    });
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 10 });
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });

  it('that can not be reached holds nothing else up, and gets its tickets when it is back', async () => {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 });
    const { jobId: finished, plan: done } = await here.fleet.submit({ runsPerHost: 1 });
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    for (const { runId } of done) await measure(here.fleet.db, runId, 1, { faults });
    await here.fleet.backend.wipe();
    await here.fleet.catchUp();
    const away = (): Promise<never> => Promise.reject(new Error('the queue is away'));
    const report = await here.fleet
      .reconciler({ queue: { putAll: away, counts: away, remove: away, mend: away, resume: away } })
      .pass();
    expect(report).toMatchObject({ ended: 1 });
    expect(here.fleet.errors).toEqual([new Error('the queue is away')]);
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    expect(await here.fleet.jobEnded(finished)).toBe('completed');
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });

  it('that has all its tickets is not put more', async () => {
    await here.fleet.submit();
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler({ putBackEveryMs: 0 });
    expect(await reconciler.pass()).toMatchObject({ queued: 10, putBack: 0 });
    await here.fleet.catchUp();
    expect(await reconciler.pass()).toMatchObject({ queued: 0, putBack: 0 });
    expect(await here.fleet.queue.counts('h1')).toEqual({ waiting: 5, active: 0 });
    await here.fleet.backend.wipe();
    expect(await reconciler.pass()).toMatchObject({ putBack: 10 });
    expect(await here.fleet.queue.counts('h1')).toEqual({ waiting: 5, active: 0 });
  });
});
