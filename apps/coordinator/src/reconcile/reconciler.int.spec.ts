import { describe, expect, it, jest } from '@jest/globals';
import { runStream } from '#contracts';
import { append, readStream } from '#event-store';
import { eachOnce, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { startAttempt } from '../../../../test/fleet/story.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('a job', () => {
  it('goes through: every run once, in one attempt, and the job ends', async () => {
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    const { jobId, plan } = await here.fleet.submit();
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ waiting: 0 });
    expect(here.fleet.errors).toEqual([]);
  });

  it('is carried on with its own correlation id, each event with its cause', async () => {
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 });
    await here.fleet.jobEnded(jobId);
    const [submitted, completed] = await readStream(here.fleet.db, `job-${jobId}`);
    const [queued] = await readStream(here.fleet.db, runStream(plan[0]?.runId ?? ''));
    expect(queued?.meta).toMatchObject({
      actor: 'coordinator:reconciler',
      correlationId: submitted?.meta.correlationId,
      causationId: submitted?.meta.eventId,
    });
    expect(completed).toMatchObject({ type: 'JobCompleted', meta: { causationId: submitted?.meta.eventId } });
  });

  it('of more runs than one pass takes up goes through too', async () => {
    here.fleet.startCoordinator({ batchSize: 3 });
    here.fleet.startWorker();
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 8 });
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
  });
});

describe('a run that always fails', () => {
  it('keeps no other from its turn, and is told of once', async () => {
    const { plan } = await here.fleet.submit({ runsPerHost: 12 });
    const [bad = '', ...others] = plan.map(({ runId }) => runId);
    const failing: typeof append = (db, stream, ...rest) =>
      stream === runStream(bad) ? Promise.reject(new Error('never')) : append(db, stream, ...rest);
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler({ append: failing });
    expect(await reconciler.pass()).toMatchObject({ queued: others.length });
    await here.fleet.catchUp();
    await reconciler.pass();
    expect(await here.fleet.story(bad)).toEqual([]);
    for (const runId of others) expect(await here.fleet.story(runId)).toEqual(['RunQueued']);
    expect(here.fleet.errors).toEqual([new Error('never')]);
  });

  it('does not hide that the database is away', async () => {
    const { fleet } = here;
    await fleet.submit({ runsPerHost: 12 });
    await fleet.catchUp();
    const tried: string[] = [];
    const db = new Proxy(fleet.db, {
      get: (of, name) =>
        name === '$queryRaw' && tried.length > 0
          ? () => Promise.reject(new Error('away'))
          : (Reflect.get(of, name) as unknown),
    });
    const failing: typeof append = (_, stream) => Promise.reject(new Error(`no answer for ${tried.push(stream)}`));
    await fleet.reconciler({ db, append: failing }).pass();
    // As many as are under way at once, and no more of them.
    expect(tried).toHaveLength(5);
    expect(fleet.errors).toEqual([new Error('away')]);
  });
});

describe('two coordinators at once', () => {
  it('do a job together: every run once', async () => {
    here.fleet.startCoordinator();
    here.fleet.startCoordinator();
    here.fleet.startWorker();
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 10 });
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    expect(await here.fleet.told(plan)).toEqual(eachOnce(plan));
    expect((await readStream(here.fleet.db, `job-${jobId}`)).map(({ type }) => type)).toEqual([
      'JobSubmitted',
      'JobCompleted',
    ]);
    expect(here.fleet.errors).toEqual([]);
  });

  it('give a silent attempt up once, each on its own read of the same state', async () => {
    const { plan } = await here.fleet.submit({ runsPerHost: 1 });
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    for (const { runId } of plan) await startAttempt(here.fleet.db, runId, 1);
    await here.fleet.catchUp();
    await Promise.all([1, 2, 3].map(() => here.fleet.reconciler({ leaseMs: 0 }).pass()));
    for (const { runId } of plan) {
      expect(await here.fleet.story(runId)).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', 'RunQueued']);
    }
    expect((await here.fleet.queue.standing(['h1'])).get('h1')).toMatchObject({ active: 0 });
    expect(here.fleet.errors).toEqual([]);
  });
});
