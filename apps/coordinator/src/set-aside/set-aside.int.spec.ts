import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type JobView,
  type Page,
  type Problem,
  type RetriedStream,
  type RunView,
  type SetAsideStream,
} from '#contracts';
import { eventually } from '../../../../test/eventually.js';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { measure, slipIn, startAttempt } from '../../../../test/fleet/story.js';

const faults = 20;

describe('a coordinator whose store holds an event that no release wrote', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
  });
  afterAll(() => fleet.stop());

  function untilQueued(jobId: string): Promise<string[]> {
    return eventually('all runs are queued', async () => {
      const { items } = (await fleet.ask<Page<RunView>>(`/v1/runs?jobId=${jobId}`)).body;
      const allAre = items.length > 0 && items.every(({ state }) => state === 'queued');
      return allAre && items.map(({ runId }) => runId);
    });
  }

  function untilEnded(jobId: string): Promise<JobView> {
    return eventually('the job has ended', async () => {
      const { body } = await fleet.ask<JobView>(`/v1/jobs/${jobId}`);
      return body.state === 'ended' && body;
    });
  }

  it('ends the run as unreadable and its job, tells of it everywhere, and goes on', async () => {
    const json = { hosts: ['h1'], runsPerHost: 2, faults, warmup: 0 };
    const { jobId } = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json })).body;
    const [bad = '', sound = ''] = await untilQueued(jobId);
    await startAttempt(fleet.db, bad, 1);
    await slipIn(fleet.db, `run-${bad}`, 'RunCompleted', 1, {
      ...{ runId: bad, attempt: 1, faults, samples: faults, lost: 0, rejected: 0, damagedLines: 0, batches: 0 },
      ...{ rawBytes: 0, overheadCycles: 3e9, durationMs: 1 },
    });
    await measure(fleet.db, sound, 1, { faults });
    expect(await untilEnded(jobId)).toMatchObject({ outcome: 'partial' });
    const { body: run } = await fleet.ask<RunView>(`/v1/runs/${bad}`);
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'unreadable' } });

    const ready = await fleet.ask('/health/ready', { key: null });
    expect(ready).toMatchObject({
      status: 200,
      body: { checks: { projection: { lagEvents: 0, setAsideStreams: 1 } } },
    });
    expect(await (await fleet.request('/metrics', { key: null })).text()).toContain('xf_set_aside_streams 1');
    const { items } = (await fleet.ask<Page<SetAsideStream>>('/v1/set-aside-streams')).body;
    expect(items).toMatchObject([
      { stream: `run-${bad}`, type: 'RunCompleted', reason: expect.stringContaining('overheadCycles') as unknown },
    ]);
    expect((await fleet.ask<Page<{ type: string }>>(`/v1/events?stream=run-${bad}`)).body.items.at(-1)).toMatchObject({
      type: 'RunCompleted',
      data: { overheadCycles: 3e9 },
    });

    const retry = (stream: string) =>
      fleet.ask<RetriedStream & Problem>(`/v1/set-aside-streams/${stream}/retry`, { method: 'POST' });
    expect(await retry(`run-${bad}`)).toMatchObject({
      status: 200,
      body: { folded: false, setAside: items[0] && { stream: items[0].stream } },
    });
    expect(await retry(`run-${sound}`)).toMatchObject({ status: 404 });

    const again = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json })).body.jobId;
    for (const runId of await untilQueued(again)) await measure(fleet.db, runId, 1, { faults });
    expect(await untilEnded(again)).toMatchObject({ outcome: 'completed' });
  });

  it('answers what is asked of a job that can not be read', async () => {
    const json = { hosts: ['h1'], runsPerHost: 1, faults, warmup: 0 };
    const { jobId } = (await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json })).body;
    await slipIn(fleet.db, `job-${jobId}`, 'JobCancelled', 1, { poisoned: true });
    const cancel = { method: 'POST', json: { reason: 'enough' } };
    expect(await fleet.ask<Problem>(`/v1/jobs/${jobId}/cancel`, cancel)).toMatchObject({
      status: 409,
      body: { errors: [{ remedy: expect.stringContaining('xf admin set-aside') as unknown }] },
    });
    expect(await untilEnded(jobId)).toMatchObject({ outcome: 'failed' });
    const unknown = '01a21882-70f4-7305-9a3d-2acd0002e27b';
    await slipIn(fleet.db, `job-${unknown}`, 'JobSubmitted', 1, { poisoned: true });
    expect((await fleet.ask(`/v1/jobs/${unknown}`)).status).toBe(404);
  });
});
