import { describe, expect, it, jest } from '@jest/globals';
import { append, appendMany, readStream } from '#event-store';
import { eachOnce, faults, firstHost, useFleet, wholeStory } from '../../../../test/fleet/fleet-under-test.js';
import { measure, startAttempt, tellJob } from '../../../../test/fleet/story.js';
import type { ReconcilerOptions } from './reconciler.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('after a crash', () => {
  /** Kills a process: from here on, nothing that it does comes about. */
  class Death {
    #dead = false;
    readonly die = (): never => {
      this.#dead = true;
      throw new Error('the process died here');
    };
    before =
      <A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> =>
        this.#dead ? this.die() : act(...args);
    options({ atAppend, atPut }: Record<'atAppend' | 'atPut', Moment | null>): Partial<ReconcilerOptions> {
      const at = <A extends unknown[], R>(moment: Moment | null, act: (...args: A) => Promise<R>) =>
        this.before(async (...args: A): Promise<R> => {
          if (moment === 'before') return this.die();
          const result = await act(...args);
          return moment === 'right after' ? this.die() : result;
        });
      return {
        append: at(atAppend, append),
        appendMany: at(atAppend, appendMany),
        queue: {
          putAll: at(atPut, (tickets) => here.fleet.queue.putAll(tickets)),
          standing: this.before((hosts) => here.fleet.queue.standing(hosts)),
          removeAll: this.before((tickets) => here.fleet.queue.removeAll(tickets)),
          repair: this.before((tickets) => here.fleet.queue.repair(tickets)),
          resume: this.before((host) => here.fleet.queue.resume(host)),
        },
      };
    }
  }
  type Moment = 'before' | 'right after';
  const deadly: [string, () => Partial<ReconcilerOptions>][] = (['append', 'put'] as const).flatMap((what) =>
    (['before', 'right after'] as const).map((moment): [string, () => Partial<ReconcilerOptions>] => [
      `${moment} ${what === 'append' ? 'an append' : 'a put'}`,
      () => new Death().options({ atAppend: what === 'append' ? moment : null, atPut: what === 'put' ? moment : null }),
    ]),
  );

  it.each(deadly)('%s of queueing, the next coordinator completes the job', async (_, fault) => {
    const { jobId, plan } = await here.fleet.submit();
    await here.fleet.catchUp();
    await here.fleet.reconciler(fault()).pass();
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
    await here.fleet.reconciler({ leaseMs: 0, ...fault() }).pass();
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
    await here.fleet.reconciler(fault()).pass();
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
    await here.fleet.reconciler(fault()).pass();
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
