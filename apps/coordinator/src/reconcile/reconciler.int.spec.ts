import { describe, expect, it, jest } from '@jest/globals';
import { runStream } from '#contracts';
import { appendMany, readStream } from '#event-store';
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
    const failing: typeof appendMany = async (db, decisions) => {
      const outcomes = await appendMany(
        db,
        decisions.filter(({ stream }) => stream !== runStream(bad)),
      );
      return decisions.map(({ stream }) =>
        stream === runStream(bad) ? { refused: new Error('never') } : (outcomes.shift() ?? { refused: new Error() }),
      );
    };
    await here.fleet.catchUp();
    const reconciler = here.fleet.reconciler({ appendMany: failing });
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
    const away = new Error('away');
    const report = await fleet.reconciler({ appendMany: () => Promise.reject(away) }).pass();
    expect(report).toMatchObject({ queued: 0 });
    // Once, not once a run.
    expect(fleet.errors).toEqual([away]);
  });
});

describe('a read model that lags', () => {
  it('has no run queued twice, and keeps none behind those that were from its turn', async () => {
    const { plan } = await here.fleet.submit({ runsPerHost: 6 });
    await here.fleet.catchUp();
    const decided: string[] = [];
    const noting: typeof appendMany = (db, decisions) => {
      decided.push(...decisions.map(({ stream }) => stream));
      return appendMany(db, decisions);
    };
    const reconcilers = [1, 2].map(() => here.fleet.reconciler({ appendMany: noting, batchSize: 4 }));
    const queued: number[] = [];
    for (let pass = 0; pass < 4; pass += 1) for (const one of reconcilers) queued.push((await one.pass()).queued);
    // Nothing of it was folded meanwhile.
    expect(new Set(await here.fleet.db.run.findMany({ select: { state: true } }))).toEqual(
      new Set(plan.map(() => ({ state: 'planned' }))),
    );
    expect(queued).toEqual([4, 4, 4, 0, 0, 0, 0, 0]);
    expect(decided.sort()).toEqual(plan.map(({ runId }) => runStream(runId)).sort());
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
