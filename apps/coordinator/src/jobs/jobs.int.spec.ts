import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  acceptedJobSpecSchema,
  jobResultsSchema,
  jobStream,
  type JobView,
  jobViewSchema,
  type Page,
  type Problem,
  runStream,
} from '#contracts';
import { deterministicId, readStream } from '#event-store';
import { planJob } from '#lifecycle';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { completeJob, measureJob, planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { measure, startAttempt, tellJob, tellRun } from '../../../../test/fleet/story.js';
import { bodyHashOf } from './submit-job.js';

const spec = { selector: 'host in (h1,h2)', faults: 20, warmup: 0, runsPerHost: 2 };

describe('jobs', () => {
  let fleet: CoordinatorUnderTest;
  const submit = (json: unknown, idempotencyKey?: string, key?: string) =>
    fleet.ask<JobView & Problem>('/v1/jobs', {
      method: 'POST',
      json,
      ...(key === undefined ? {} : { key }),
      ...(idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
    });

  beforeAll(async () => {
    fleet = await startCoordinator({ STREAMS_PER_KEY: '4' });
    await fleet.register('w1', [simulatedHost('h1'), simulatedHost('h2', 'Zen3')]);
  });
  afterAll(() => fleet.stop());

  describe('submitting', () => {
    it('gives the planned job at once, and the very same when it is read', async () => {
      const { status, headers, body } = await submit(spec);
      expect(status).toBe(201);
      expect(headers.get('location')).toBe(`/v1/jobs/${body.jobId}`);
      const view = jobViewSchema.parse(body);
      expect(view).toMatchObject({
        state: 'running',
        submittedBy: 'key:local',
        samples: 0,
        runs: { planned: 4, total: 4 },
      });
      const read = await fleet.ask<JobView>(`/v1/jobs/${body.jobId}`);
      expect(read.status).toBe(200);
      expect(read.body).toMatchObject({
        jobId: view.jobId,
        spec: view.spec,
        submittedAt: view.submittedAt,
        correlationId: view.correlationId,
      });
      expect(read.body.runs.total).toBe(4);
    });

    it('lets the request’s correlation id stand in the event', async () => {
      const { headers, body } = await submit(spec);
      const [event] = await readStream(fleet.db, jobStream(body.jobId));
      expect(event?.meta).toMatchObject({
        correlationId: headers.get('x-correlation-id'),
        causationId: null,
        actor: 'key:local',
      });
    });

    it('is refused when a host can not do what is asked', async () => {
      const { status, body } = await submit({ ...spec, probes: ['syscall_rt'] });
      expect(status).toBe(422);
      expect(body.errors).toEqual([
        { field: 'probes', message: expect.stringContaining('h1, h2'), remedy: expect.any(String) },
      ]);
    });

    it('is refused over the limit of runs', async () => {
      const many = Array.from({ length: 101 }, (_, i) => simulatedHost(`many-${i}`));
      await fleet.register('w2', many);
      const { status, body } = await submit({ selector: 'host notin (h1,h2)', runsPerHost: 1_000 });
      expect(status).toBe(422);
      expect(body.detail).toMatch(/101000 runs, at most 100000/);
    });
  });

  describe('with an Idempotency-Key', () => {
    it('gives the first job again, also when a default is written out', async () => {
      const first = await submit(spec, 'again');
      const second = await submit({ ...spec, order: 'interleaved' }, 'again');
      expect([first.status, second.status]).toEqual([201, 200]);
      expect(second.body.jobId).toBe(first.body.jobId);
    });

    it('refuses another body, and names the header', async () => {
      await submit(spec, 'other');
      const { status, body } = await submit({ ...spec, faults: 21 }, 'other');
      expect(status).toBe(409);
      expect(body).toMatchObject({
        type: 'urn:xperf-fleet:problem:idempotency-key-reused',
        errors: [{ field: 'Idempotency-Key' }],
      });
    });

    it('gives the same job again although its seed was left out', async () => {
      const [first, again] = [await submit(spec, 'no-seed'), await submit(spec, 'no-seed')];
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.body).toMatchObject({ jobId: first.body.jobId, spec: { seed: first.body.spec.seed } });
      // The seed that was derived is not the one that was asked for.
      expect((await submit({ ...spec, seed: first.body.spec.seed }, 'no-seed')).status).toBe(409);
    });

    it('finds the job of a release that filled in seed 1 before it hashed', async () => {
      const jobId = deterministicId('local', 'former');
      const former = acceptedJobSpecSchema.parse({ ...spec, seed: 1, selector: '*' });
      const plan = planJob(former, [simulatedHost('h1'), simulatedHost('h2', 'Zen3')], jobId);
      await tellJob(fleet.db, jobId, { type: 'submit', jobId, spec: former, plan, bodyHash: bodyHashOf(former) });
      const body = { ...spec, selector: '*' };
      expect(await submit(body, 'former')).toMatchObject({ status: 200, body: { jobId } });
      expect((await submit({ ...body, faults: 21 }, 'former')).status).toBe(409);
    });

    it('belongs to the API key that sent it', async () => {
      const made = await fleet.ask<{ key: string }>('/v1/keys', {
        method: 'POST',
        json: { name: 'other', role: 'submit' },
      });
      const [mine, theirs] = [await submit(spec, 'shared'), await submit(spec, 'shared', made.body.key)];
      expect([mine.status, theirs.status]).toEqual([201, 201]);
      expect(theirs.body.jobId).not.toBe(mine.body.jobId);
    });

    it('makes one job of ten requests at the same time', async () => {
      const replies = await Promise.all(Array.from({ length: 10 }, () => submit(spec, 'race')));
      expect(replies.map((reply) => reply.status).sort()).toEqual([...Array<number>(9).fill(200), 201]);
      expect(new Set(replies.map((reply) => reply.body.jobId)).size).toBe(1);
      expect(await readStream(fleet.db, jobStream(replies[0]?.body.jobId ?? ''))).toHaveLength(1);
    });

    it('lets one of two bodies win a race', async () => {
      const replies = await Promise.all(
        Array.from({ length: 10 }, (_, i) => submit({ ...spec, faults: 30 + (i % 2) }, 'race-of-two')),
      );
      const statuses = replies.map((reply) => reply.status).sort();
      expect(statuses).toEqual([...Array<number>(4).fill(200), 201, ...Array<number>(5).fill(409)]);
      const [submitted] = await readStream(
        fleet.db,
        jobStream(replies.find((r) => r.status === 201)?.body.jobId ?? ''),
      );
      const faults = replies.find((reply) => reply.status === 201)?.body.spec.faults;
      expect(submitted).toMatchObject({ type: 'JobSubmitted', data: { spec: { faults } } });
    });
  });

  it('has a seed of its own unless one is given, and it stands in its event', async () => {
    const seeds: number[] = [];
    for (const seed of [undefined, undefined, 7]) {
      const { body } = await submit({ ...spec, seed });
      expect((await readStream(fleet.db, jobStream(body.jobId)))[0]).toMatchObject({ data: { spec: body.spec } });
      seeds.push(body.spec.seed);
    }
    expect(new Set(seeds).size).toBe(3);
    expect(seeds[2]).toBe(7);
  });

  it('lists every job once, newest first, over pages', async () => {
    const submitted: string[] = [];
    for (let i = 0; i < 7; i += 1) submitted.push((await submit({ ...spec, name: `page ${i}` })).body.jobId);
    await fleet.readModelHas(...submitted.map(jobStream));
    const listed: JobView[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<JobView> = (
        await fleet.ask<Page<JobView>>(`/v1/jobs?limit=3&state=running${cursor === null ? '' : `&cursor=${cursor}`}`)
      ).body;
      listed.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    const ids = listed.map((job) => job.jobId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(0, 7)).toEqual([...submitted].reverse());
    expect(ids).toHaveLength(await fleet.db.job.count({ where: { state: 'running' } }));
  });

  it('is found by its name or the end of its id, in either case', async () => {
    const { body: job } = await submit({ ...spec, name: 'sought' });
    await fleet.readModelHas(jobStream(job.jobId));
    for (const query of [
      'name=sought',
      `ending=${job.jobId.slice(-8)}`,
      `ending=${job.jobId.slice(-15).toUpperCase()}`,
    ]) {
      const { items } = (await fleet.ask<Page<JobView>>(`/v1/jobs?${query}`)).body;
      expect(items.map(({ jobId }) => jobId)).toEqual([job.jobId]);
    }
    expect((await fleet.ask<Problem>('/v1/jobs?ending=xyzz')).body.errors).toMatchObject([{ field: 'ending' }]);
    const among = async (query: string) =>
      (await fleet.ask<Page<JobView>>(`/v1/jobs?name=sought&${query}`)).body.items.map(({ jobId }) => jobId);
    expect(await among(`submittedBy=${job.submittedBy}&since=1d`)).toEqual([job.jobId]);
    expect((await fleet.ask<Problem>('/v1/jobs?submittedBy=key:nobody')).body.errors).toMatchObject([
      { field: 'submittedBy', remedy: expect.stringContaining(job.submittedBy) },
    ]);
    expect(await among('until=1d')).toEqual([]);
    expect((await fleet.ask<Problem>('/v1/jobs?since=lately')).body.errors).toMatchObject([{ field: 'since' }]);
  });

  describe('cancelling', () => {
    it('shows at once and is the same when repeated', async () => {
      const { body } = await submit(spec);
      const cancel = () =>
        fleet.ask<JobView>(`/v1/jobs/${body.jobId}/cancel`, { method: 'POST', json: { reason: 'enough' } });
      const [first, second] = [await cancel(), await cancel()];
      expect([first.status, second.status]).toEqual([200, 200]);
      for (const { state } of [first.body, second.body]) expect(['cancelling', 'ended']).toContain(state);
      const cancelled = (await readStream(fleet.db, jobStream(body.jobId))).filter(
        (event) => event.type === 'JobCancelled',
      );
      expect(cancelled).toMatchObject([{ data: { reason: 'enough' } }]);
    });

    it('takes no body', async () => {
      const { body } = await submit(spec);
      expect((await fleet.ask(`/v1/jobs/${body.jobId}/cancel`, { method: 'POST' })).status).toBe(200);
    });

    it('is refused when the job has ended', async () => {
      const { body } = await submit(spec);
      await measureJob(fleet, body);
      const { status, body: problem } = await fleet.ask<Problem>(`/v1/jobs/${body.jobId}/cancel`, {
        method: 'POST',
        json: {},
      });
      expect(status).toBe(409);
      expect(problem.detail).toMatch(/ended already \(completed\)/);
    });
  });

  it('gives the result table of what was measured', async () => {
    const { body: job } = await submit(spec);
    await measureJob(
      fleet,
      job,
      (run) => (run.hostId === 'h1' ? 400 : 800) + run.replicate * 10,
      (run) => (run.hostId === 'h1' ? 'Haswell-EP' : 'Zen3'),
    );
    const { status, body } = await fleet.ask(`/v1/jobs/${job.jobId}/results`);
    expect(status).toBe(200);
    const results = jobResultsSchema.parse(body);
    expect(results.failures).toEqual([]);
    expect(
      results.rows.map((row) => [
        row.hostId,
        row.generation,
        row.metric,
        row.runs,
        row.samples,
        row.p50Cycles,
        row.provenance,
      ]),
    ).toEqual([
      ['h1', 'Haswell-EP', 'u2k', 2, 40, 414.5, 'simulated'],
      ['h1', 'Haswell-EP', 'k2u', 2, 36, expect.any(Number), 'simulated'],
      ['h2', 'Zen3', 'u2k', 2, 40, 814.5, 'simulated'],
      ['h2', 'Zen3', 'k2u', 2, 36, expect.any(Number), 'simulated'],
    ]);
    // 2.3 GHz, as story.ts has it.
    expect(results.rows[0]?.p50Ns).toBeCloseTo(414.5 / 2.3, 6);
  });

  it('names what gave no result, with the reason', async () => {
    const { body: job } = await submit(spec);
    const plan = await planOf(fleet.db, job.jobId);
    const failure = { code: 'compiler-missing', message: 'there is no cc', remedy: 'install gcc' };
    for (const run of plan) {
      await queueRun(fleet.db, job, run);
      if (run.hostId === 'h1') {
        await startAttempt(fleet.db, run.runId, 1);
        await tellRun(fleet.db, run.runId, { type: 'fail', attempt: 1, failure, parserVersion: 2 });
      } else {
        await measure(fleet.db, run.runId, 1, { faults: spec.faults });
      }
    }
    await fleet.readModelHas(...plan.map((run) => runStream(run.runId)));
    const { body } = await fleet.ask(`/v1/jobs/${job.jobId}/results`);
    expect(jobResultsSchema.parse(body)).toMatchObject({
      rows: [{ hostId: 'h2' }, { hostId: 'h2' }],
      failures: [{ hostId: 'h1', probe: 'pf', executor: 'simulator', runs: 2, state: 'failed', failure }],
    });
  });

  describe('labels', () => {
    const label = <T = JobView>(jobId: string, json: unknown) =>
      fleet.ask<T>(`/v1/jobs/${jobId}/labels`, { method: 'POST', json });
    const idsOf = async (query: string) =>
      (await fleet.ask<Page<{ jobId: string }>>(query)).body.items.map(({ jobId }) => jobId).sort();

    it('stand in the job from the start, are changed at any time, and choose jobs and their runs', async () => {
      const { body: kernel } = await submit({ ...spec, labels: { team: 'kernel', draft: 'yes' } });
      const { body: other } = await submit({ ...spec, labels: { team: 'net' } });
      expect(kernel.labels).toEqual({ team: 'kernel', draft: 'yes' });
      await measureJob(fleet, kernel);
      await measureJob(fleet, other);
      const changed = await label(kernel.jobId, { labels: { draft: null, ticket: 'T-1' } });
      expect(changed).toMatchObject({ status: 200, body: { labels: { team: 'kernel', ticket: 'T-1' } } });
      expect(changed.body.labels).not.toHaveProperty('draft');
      await label(kernel.jobId, { labels: { ticket: 'T-1' } });
      await fleet.readModelHas(`label-${kernel.jobId}`);
      const stored = await readStream(fleet.db, `label-${kernel.jobId}`);
      expect(stored.map(({ type }) => type)).toEqual(['JobLabelled']);
      const read = (await fleet.ask<JobView>(`/v1/jobs/${kernel.jobId}`)).body;
      expect([read.labels, read.spec.labels]).toEqual([changed.body.labels, { team: 'kernel', draft: 'yes' }]);
      expect(await idsOf('/v1/jobs?labels=team%3Dkernel')).toEqual([kernel.jobId]);
      expect(await idsOf('/v1/jobs?labels=team,!ticket')).toEqual([other.jobId]);
      expect(new Set(await idsOf('/v1/runs?selector=job.team%3Dkernel'))).toEqual(new Set([kernel.jobId]));
      expect(await idsOf('/v1/runs?selector=job.team!%3Dkernel')).not.toContain(kernel.jobId);
      const grouped = `/v1/results?by=host&metric=u2k&selector=job.ticket%3DT-1`;
      expect((await fleet.ask<{ rows: { runs: number }[] }>(grouped)).body.rows).toMatchObject([
        { runs: 2 },
        { runs: 2 },
      ]);
    });

    it('that no job has are refused with the nearest', async () => {
      const asked = ['/v1/jobs?labels=teem%3Dkernel', '/v1/runs?selector=job.team%3Dkernal'];
      const errors = [];
      for (const path of asked) errors.push((await fleet.ask<Problem>(path)).body.errors?.[0]);
      expect(errors).toMatchObject([
        { field: 'labels', message: 'no job has the label teem=kernel', remedy: 'did you mean team?' },
        { field: 'selector', message: 'no job has the label job.team=kernal', remedy: 'did you mean job.team=kernel?' },
      ]);
    });

    it.each<[string, unknown, string]>([
      ['none', { labels: {} }, 'labels'],
      ['a value that no selector could match', { labels: { ticket: 'two words' } }, 'labels.ticket'],
      ['a name that is none', { labels: { 'a b': 'c' } }, 'labels.a b'],
    ])('refuse %s, naming the field', async (_what, json, field) => {
      const { body: job } = await submit(spec);
      const { status, body } = await label<Problem>(job.jobId, json);
      expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    });

    it('are of jobs that there are', async () => {
      const unknown = await label<Problem>('018f3f5e-0000-7000-8000-0000000000ff', { labels: { a: 'b' } });
      expect(unknown.status).toBe(404);
    });
  });

  it('lists the runs of whoever submitted their jobs, and names them where there is no such submitter', async () => {
    const { body: made } = await fleet.ask<{ key: string; keyId: string }>('/v1/keys', {
      method: 'POST',
      json: { name: 'nightly', role: 'submit' },
    });
    const { body: job } = await submit(spec, undefined, made.key);
    await measureJob(fleet, job);
    const { items } = (await fleet.ask<Page<{ jobId: string }>>(`/v1/runs?submittedBy=${job.submittedBy}`)).body;
    expect(items.map(({ jobId }) => jobId)).toEqual([1, 2, 3, 4].map(() => job.jobId));
    const { status, body } = await fleet.ask<Problem>('/v1/runs?submittedBy=key:lokal');
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'submittedBy']);
  });

  it.each(['jobs', 'runs'])('refuses times between which no %s can lie', async (listing) => {
    const { status, body } = await fleet.ask<Problem>(`/v1/${listing}?since=1d&until=7d`);
    expect([status, body.errors?.[0]]).toMatchObject([400, { field: 'since', remedy: 'exchange them' }]);
  });

  describe('progress', () => {
    const follow = async (jobId: string, during: () => Promise<unknown>) => {
      const response = await fleet.request(`/v1/jobs/${jobId}/progress`);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      expect(response.headers.get('content-encoding')).toBeNull();
      const [text] = await Promise.all([response.text(), during()]);
      return [...text.matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(([, event, data]) => ({
        event,
        view: jobViewSchema.parse(JSON.parse(data ?? '')),
      }));
    };

    it('follows a job to its end and then ends by itself', async () => {
      const { body: job } = await submit(spec);
      const events = await follow(job.jobId, () => measureJob(fleet, job));
      expect(events[0]).toMatchObject({ event: 'progress', view: { state: 'running' } });
      expect(events.at(-1)).toMatchObject({
        event: 'end',
        view: { state: 'ended', outcome: 'completed', samples: 80, runs: { completed: 4 } },
      });
      expect(events.filter(({ event }) => event === 'end')).toHaveLength(1);
      const completed = events.map(({ view }) => view.runs.completed);
      expect(completed).toEqual([...completed].sort());
    });

    it('ends at once for a job that has ended', async () => {
      const { body: job } = await submit(spec);
      await measureJob(fleet, job);
      expect((await follow(job.jobId, () => Promise.resolve())).map(({ event }) => event)).toEqual(['progress', 'end']);
    });

    it('ends when its key is revoked', async () => {
      const { body: job } = await submit(spec);
      const { body: made } = await fleet.ask<{ key: string; keyId: string }>('/v1/keys', {
        method: 'POST',
        json: { name: 'follower', role: 'read' },
      });
      const response = await fleet.request(`/v1/jobs/${job.jobId}/progress`, { key: made.key });
      expect(response.status).toBe(200);
      await fleet.request(`/v1/keys/${made.keyId}`, { method: 'DELETE' });
      const text = await response.text(); // would not end by itself: the job runs on
      expect(text).toContain('event: progress');
      expect(text).not.toContain('event: end');
      expect((await fleet.ask<JobView>(`/v1/jobs/${job.jobId}`)).body.state).toBe('running');
    });

    it('is given to a key as often as it may have it, and again when one of them is closed', async () => {
      const { body: job } = await submit(spec);
      const { body: made } = await fleet.ask<{ key: string }>('/v1/keys', {
        method: 'POST',
        json: { name: 'many tabs', role: 'read' },
      });
      const opened: AbortController[] = [];
      const open = (key = made.key) => {
        const controller = new AbortController();
        opened.push(controller);
        return fleet.request(`/v1/jobs/${job.jobId}/progress`, { key, signal: controller.signal });
      };
      for (let i = 0; i < 4; i += 1) expect((await open()).status).toBe(200);
      const refused = await open();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
      expect(await refused.json()).toHaveProperty(
        'detail',
        'this key has 4 progress streams open, as many as one key may have',
      );
      expect((await open(fleet.key)).status).toBe(200);
      opened[0]?.abort();
      await eventually('room for one more', async () => (await open()).status === 200);
      for (const controller of opened) controller.abort();
    });

    it('lets go of a client that leaves', async () => {
      const { body: job } = await submit(spec);
      const controller = new AbortController();
      const response = await fleet.request(`/v1/jobs/${job.jobId}/progress`, { signal: controller.signal });
      const reader = response.body?.getReader();
      expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^retry/);
      controller.abort();
      await expect(reader?.closed).rejects.toThrow(/abort/);
      await measureJob(fleet, job);
      await completeJob(fleet.db, job.jobId, 4);
      const line = fleet.logLines.find((entry) => entry['path'] === `/v1/jobs/${job.jobId}/progress`);
      expect(line).toMatchObject({ complete: false });
    });
  });
});
