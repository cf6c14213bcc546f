import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { deflateSync } from 'node:zlib';
import {
  type Comparison,
  histogramViewSchema,
  type JobResults,
  type JobView,
  noiseFacts,
  type Page,
  type PlannedRun,
  type Problem,
  runDetailSchema,
  runStream,
  type RunView,
  sampleRowSchema,
} from '#contracts';
import { append, type NewEvent } from '#event-store';
import { encodeSamples } from '#samples';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob, planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import {
  causeOf,
  completeAttempt,
  recordSamples,
  runNow,
  samplesFrom,
  startAttempt,
  tellRun,
} from '../../../../test/fleet/story.js';

const perBatch = 10_000;

describe('runs', () => {
  let fleet: CoordinatorUnderTest;
  const submit = async (json: unknown): Promise<JobView> => {
    const { status, body } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json });
    expect(status).toBe(201);
    return body;
  };
  const firstRun = async (job: JobView): Promise<PlannedRun> => {
    const [run] = await planOf(fleet.db, job.jobId);
    if (run === undefined) throw new Error('the plan is empty');
    return run;
  };
  const batchEvent = (runId: string, batch: number, raw: string): NewEvent => ({
    event: {
      type: 'CrossingSamplesRecorded',
      data: {
        runId,
        attempt: 1,
        batch,
        probe: 'pf',
        metrics: ['u2k', 'k2u'],
        cpu: 0,
        samples: perBatch,
        interrupted: 1,
        firstSeq: batch * perBatch,
        lastSeq: (batch + 1) * perBatch - 1,
        rawFrom: batch * raw.length,
        rawTo: (batch + 1) * raw.length,
      },
    },
    payload: { samples: encodeSamples(samplesFrom(300, perBatch, batch * perBatch)), raw: deflateSync(raw) },
  });
  const record = async (runId: string, batches: number) => {
    const events = Array.from({ length: batches }, (_, batch) => batchEvent(runId, batch, `log of batch ${batch}\n`));
    const { version } = await runNow(fleet.db, runId);
    await append(fleet.db, runStream(runId), version, events, causeOf('worker:w1'));
  };
  /** A run of so many batches of 10,000 samples that has completed. */
  const longRun = async (batches: number): Promise<string> => {
    const job = await submit({ hosts: ['h1'], runsPerHost: 1, warmup: 0, faults: batches * perBatch });
    const run = await firstRun(job);
    await queueRun(fleet.db, job, run);
    await startAttempt(fleet.db, run.runId, 1);
    await record(run.runId, batches);
    await completeAttempt(fleet.db, run.runId, 1, batches * perBatch);
    await fleet.readModelHas(runStream(run.runId));
    return run.runId;
  };

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1'), simulatedHost('h2')]);
  });
  afterAll(() => fleet.stop());

  it('are listed in the order of their job’s plan, over pages', async () => {
    const job = await submit({ selector: '*', faults: 20, warmup: 0, runsPerHost: 4, order: 'shuffled', seed: 7 });
    const plan = await measureJob(fleet, job);
    const listed: RunView[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Page<RunView> = (await fleet.ask<Page<RunView>>(`/v1/runs?jobId=${job.jobId}&limit=3${after}`)).body;
      listed.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(listed.map((run) => run.runId)).toEqual(plan.map((run) => run.runId));
    expect(listed[0]).toMatchObject({ state: 'completed', attempt: 1, samples: 20, provenance: 'simulated' });
    expect(listed[0]?.results.map((result) => [result.metric, result.samples, result.invalid])).toEqual([
      ['u2k', 20, 0],
      ['k2u', 18, 2],
    ]);
  });

  it('say, with their results and comparisons, that they were on a noisy machine', async () => {
    const noise = { verdict: 'noisy' as const, reasons: ['governor powersave', 'turbo on'], unknown: [], notSet: [] };
    const job = await submit({ hosts: ['h1'], runsPerHost: 2, warmup: 0, faults: 20 });
    for (const [run, extra] of (await planOf(fleet.db, job.jobId)).map(
      (one, i) => [one, i === 0 ? noise : null] as const,
    )) {
      await queueRun(fleet.db, job, run);
      await startAttempt(fleet.db, run.runId, 1, 'Haswell-EP', extra === null ? {} : noiseFacts(extra));
      await recordSamples(fleet.db, run.runId, 1, samplesFrom(300, 20));
      await completeAttempt(fleet.db, run.runId, 1, 20);
      await fleet.readModelHas(runStream(run.runId));
    }
    const { items } = (await fleet.ask<Page<RunView>>(`/v1/runs?jobId=${job.jobId}`)).body;
    expect(items.map((run) => run.noise)).toEqual([noise, null]);
    expect(items.map((run) => run.labels?.['noise'])).toEqual(['noisy', undefined]);
    expect((await fleet.ask<RunView>(`/v1/runs/${items[0]?.runId}`)).body.noise).toEqual(noise);
    const { rows } = (await fleet.ask<JobResults>(`/v1/jobs/${job.jobId}/results`)).body;
    const seen = rows.filter((row) => row.metric === 'u2k').map((row) => ({ runs: row.runs, noise: row.noise }));
    expect(seen).toEqual(
      expect.arrayContaining([
        { runs: 1, noise },
        { runs: 1, noise: null },
      ]),
    );
    const query = new URLSearchParams({ a: 'noise=noisy', b: '!noise', metric: 'u2k', jobId: job.jobId });
    const { a, b, warnings } = (await fleet.ask<Comparison>(`/v1/compare?${query.toString()}`)).body;
    expect([a.runs, b.runs]).toEqual([1, 1]);
    expect(warnings[0]).toContain(`1 of 1 runs of "noise=noisy,job=${job.jobId}" were on a noisy machine`);
  });

  it('of all jobs are listed once each, open ones first, by host and state', async () => {
    const open = await submit({ selector: '*', faults: 20, runsPerHost: 2 });
    await fleet.readModelHas(`job-${open.jobId}`);
    const listed: RunView[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Page<RunView> = (await fleet.ask<Page<RunView>>(`/v1/runs?limit=5${after}`)).body;
      listed.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(new Set(listed.map((run) => run.runId)).size).toBe(listed.length);
    expect(listed).toHaveLength(await fleet.db.run.count());
    expect(listed.slice(0, 4).every((run) => run.jobId === open.jobId && run.endedAt === null)).toBe(true);
    const ended = listed.slice(4).map((run) => run.endedAt ?? '');
    expect(ended).toEqual([...ended].sort().reverse());
    const some = (await fleet.ask<Page<RunView>>('/v1/runs?hostId=h2&state=completed')).body.items;
    expect(some.length).toBe(4);
    expect(some.every((run) => run.hostId === 'h2' && run.state === 'completed')).toBe(true);
    const sought = some[0]?.runId ?? '';
    for (const ending of [sought.slice(-8), sought.slice(-12), sought.slice(-20), sought]) {
      const found = (await fleet.ask<Page<RunView>>(`/v1/runs?ending=${ending}`)).body.items;
      expect(found.map(({ runId }) => runId)).toEqual([sought]);
    }
  });

  it('show their losses and the boot state of their host', async () => {
    const job = await submit({ hosts: ['h1'], runsPerHost: 1, warmup: 0, faults: perBatch + 5 });
    const { runId, ...rest } = await firstRun(job);
    await queueRun(fleet.db, job, { runId, ...rest });
    await startAttempt(fleet.db, runId, 1);
    await record(runId, 1);
    const gap = {
      reason: 'record-gap' as const,
      detail: 'the ring overflowed',
      lostRecords: 2,
      lostSamples: 5,
      rawFrom: 6,
      rawTo: 6,
    };
    await tellRun(fleet.db, runId, { type: 'observeGap', attempt: 1, data: gap });
    const ended = {
      faults: perBatch + 5,
      lost: 5,
      rejected: 0,
      damagedLines: 1,
      rawBytes: 6,
      overheadCycles: 20,
      durationMs: 9,
      parserVersion: 2,
    };
    await tellRun(fleet.db, runId, { type: 'complete', attempt: 1, data: ended });
    await fleet.readModelHas(runStream(runId));
    const { status, body } = await fleet.ask(`/v1/runs/${runId}`);
    expect(status).toBe(200);
    expect(runDetailSchema.parse(body)).toMatchObject({
      samples: perBatch,
      lost: 5,
      damagedLines: 1,
      overheadCycles: 20,
      gaps: [{ attempt: 1, ...gap }],
      bootState: { kernelRelease: '6.1.0', cpu: { generation: 'Haswell-EP' } },
    });
  });

  it('give a histogram whose counts are their samples', async () => {
    const { body: page } = await fleet.ask<Page<RunView>>('/v1/runs?state=completed&limit=1');
    const run = page.items[0];
    const { status, body } = await fleet.ask(`/v1/runs/${run?.runId}/histogram?metric=u2k`);
    expect(status).toBe(200);
    const histogram = histogramViewSchema.parse(body);
    expect(histogram.provenance).toBe('simulated');
    expect(histogram.buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(run?.samples);
    const missing = await fleet.ask<Problem>(`/v1/runs/${run?.runId}/histogram?metric=pf_rt`);
    expect(missing).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('pf_rt'), remedy: expect.stringContaining('its probe is pf') },
    });
  });

  it('have no samples before they are completed', async () => {
    const job = await submit({ hosts: ['h1'], runsPerHost: 1 });
    const { runId } = await firstRun(job);
    await fleet.readModelHas(`job-${job.jobId}`);
    expect(await fleet.ask<Problem>(`/v1/runs/${runId}/samples`)).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'runId' }] },
    });
    expect(await (await fleet.request(`/v1/runs/${runId}/raw`)).text()).toBe('');
  });

  describe('export of 200,000 samples', () => {
    const batches = 20;
    let runId: string;
    beforeAll(async () => {
      runId = await longRun(batches);
    });

    it('as NDJSON: every sample once, in order, labelled', async () => {
      const response = await fleet.request(`/v1/runs/${runId}/samples`);
      expect(response.headers.get('content-type')).toBe('application/x-ndjson');
      expect(response.headers.get('x-provenance')).toBe('simulated');
      expect(response.headers.get('content-disposition')).toContain(`run-${runId}-simulated.ndjson`);
      const lines = (await response.text()).trimEnd().split('\n');
      expect(lines).toHaveLength(batches * perBatch);
      const rows = lines.map((line) => JSON.parse(line) as { seq: number; k2u: number | null });
      expect(rows.every((row, i) => row.seq === i)).toBe(true);
      expect(rows.filter((row) => row.k2u === null)).toHaveLength((batches * perBatch) / 10);
      for (const line of lines.slice(0, 20)) sampleRowSchema.strict().parse(JSON.parse(line));
    });

    it('as CSV, asked for in the query or by Accept', async () => {
      const byQuery = await fleet.request(`/v1/runs/${runId}/samples?format=csv`);
      const byAccept = await fleet.request(`/v1/runs/${runId}/samples`, { headers: { accept: 'text/csv' } });
      expect(byQuery.headers.get('content-type')).toBe('text/csv');
      const [one, other] = [await byQuery.text(), await byAccept.text()];
      expect(one).toBe(other);
      const lines = one.trimEnd().split('\n');
      expect(lines.slice(0, 2)).toEqual(['seq,cpu,interrupted,u2k,k2u', '0,0,0,300,150']);
      expect(lines).toHaveLength(batches * perBatch + 1);
    });

    it('as the captured bytes', async () => {
      const response = await fleet.request(`/v1/runs/${runId}/raw`);
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      expect(await response.text()).toBe(Array.from({ length: batches }, (_, i) => `log of batch ${i}\n`).join(''));
    });
  });

  it('are not read ahead of a client that does not read, and a cut export does not look whole', async () => {
    const batches = 40;
    const runId = await longRun(batches);
    // With "connection: close", which the others ask with, Node's fetch takes a chunked reply that breaks off for a whole one.
    const headers = { 'accept-encoding': 'identity', connection: 'keep-alive' };
    const response = await fleet.request(`/v1/runs/${runId}/samples`, { headers });
    // Nothing was read yet. The sockets' buffers hold a few megabytes, about 15 batches of 600 kB; so the last ones can
    // still be taken away only if they wait in the database.
    const admin = new pg.Client({ connectionString: fleet.database.adminUrl });
    await admin.connect();
    await admin.query('DELETE FROM sample_batches WHERE run_id = $1 AND batch >= 30', [runId]);
    await admin.end();
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
    })();
    await expect(reading).rejects.toThrow(/terminated/);
    expect(bytes).toBeGreaterThan(0);
    expect(fleet.logLines.some((line) => JSON.stringify(line).includes('300000 of 400000 samples'))).toBe(true);
  });
});
