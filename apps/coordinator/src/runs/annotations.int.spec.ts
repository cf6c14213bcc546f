import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventView, type JobView, type Page, type Problem, type RunDetail, runStream } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { completeAttempt, recordSamples, runNow, samplesFrom, startAttempt } from '../../../../test/fleet/story.js';

describe('annotations', () => {
  let fleet: CoordinatorUnderTest;
  let runId: string;
  const annotate = <T = RunDetail>(json: unknown, of = runId) =>
    fleet.ask<T>(`/v1/runs/${of}/annotations`, { method: 'POST', json });

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
    const json = { hosts: ['h1'], runsPerHost: 1, faults: 20, warmup: 0 };
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json });
    const [run] = await planOf(fleet.db, job.jobId);
    if (run === undefined) throw new Error('the plan is empty');
    runId = run.runId;
    await queueRun(fleet.db, job, run);
    await startAttempt(fleet.db, runId, 1);
    await fleet.readModelHas(runStream(runId));
  });
  afterAll(() => fleet.stop());

  it('are put on a run that is being measured, and its attempt goes on', async () => {
    const { version } = await runNow(fleet.db, runId);
    const { status, body } = await annotate({ note: 'door open', labels: { ticket: 'T-1' } });
    expect(status).toBe(200);
    expect(body.annotations).toMatchObject([{ note: 'door open', labels: { ticket: 'T-1' }, by: 'key:local' }]);
    expect((await runNow(fleet.db, runId)).version).toBe(version);
    await recordSamples(fleet.db, runId, 1, samplesFrom(300, 20));
    await completeAttempt(fleet.db, runId, 1, 20);
    expect((await annotate({ labels: { ticket: 'T-2' } })).body.annotations).toHaveLength(2);
  });

  it('said again change nothing, at the same time neither', async () => {
    const before = (await fleet.ask<RunDetail>(`/v1/runs/${runId}`)).body.annotations;
    const replies = await Promise.all([1, 2, 3].map(() => annotate({ note: 'door open', labels: { ticket: 'T-2' } })));
    for (const { body } of replies) expect(body.annotations).toEqual(before);
    const at = await Promise.all([1, 2, 3, 4].map(() => annotate({ note: 'all at once' })));
    expect(at.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { items } = (await fleet.ask<Page<EventView>>(`/v1/events?stream=annotation-${runId}`)).body;
    expect(items.map(({ type }) => type)).toEqual(['RunAnnotated', 'RunAnnotated', 'RunAnnotated']);
  });

  it.each<[string, unknown, string]>([
    ['nothing', {}, 'body'],
    ['a blank note', { note: ' ' }, 'note'],
    ['a note that is too long', { note: 'x'.repeat(2_001) }, 'note'],
    ['a derived label', { labels: { generation: 'Zen' } }, 'labels.generation'],
    ['a label that no selector could match', { labels: { ticket: 'two words' } }, 'labels.ticket'],
    ['an unknown field', { note: 'x', comment: 'x' }, 'comment'],
  ])('refuse %s, naming the field', async (_what, json, field) => {
    const { status, body } = await annotate<Problem>(json);
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.field)).toContain(field);
  });

  it('refuse more notes than there is room for, and runs that there are none of', async () => {
    for (let i = 0; i < 98; i += 1) expect((await annotate({ note: `note ${i}` })).status).toBe(200);
    const full = await annotate<Problem>({ note: 'one too many' });
    expect([full.status, full.body.errors?.[0]?.field]).toEqual([422, 'note']);
    expect((await annotate({ note: 'x' }, '018f3f5e-0000-7000-8000-0000000000ff')).status).toBe(404);
  });
});
