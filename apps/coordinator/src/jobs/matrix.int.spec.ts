import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  deriveLabels,
  type HostDescription,
  type JobComparisons,
  jobComparisonsSchema,
  type JobResults,
  jobResultsSchema,
  type JobView,
  jobStream,
  type KernelSeries,
  type Page,
  type PlannedRun,
  type Problem,
  runStream,
  type RunView,
} from '#contracts';
import { guestText } from '#wording';
import { readStream } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { bootStateOf } from '../../../../test/fleet/hosts.js';
import {
  completeAttempt,
  observeBootState,
  recordSamples,
  samplesFrom,
  tellRun,
} from '../../../../test/fleet/story.js';

const virtualHost = (hostId: string, series: KernelSeries[]): HostDescription => ({
  hostId,
  labels: {},
  capabilities: [{ executor: 'vm', probes: ['pf', 'pf_rt', 'syscall_rt'], provenance: 'emulated', series }],
  bootState: bootStateOf('QEMU'),
});
const matrix = { series: ['6.1', '6.12'], kpti: [true, false] };
const faults = 20;

/** KPTI costs 400 cycles, 6.1 and 6.12 take as long as each other. */
const baseOf = ({ guest, replicate }: PlannedRun) => (guest?.kpti === true ? 1_000 : 600) + replicate;

describe('a job with a matrix', () => {
  let fleet: CoordinatorUnderTest;
  let job: JobView;
  let plan: PlannedRun[];

  const submit = <T = Problem>(change: object) =>
    fleet.ask<T>('/v1/jobs', {
      method: 'POST',
      json: { hosts: ['vm-both'], runsPerHost: 5, faults, warmup: 0, matrix, ...change },
    });

  async function boot(run: PlannedRun): Promise<void> {
    const { series, kpti } = run.guest ?? { series: '6.12', kpti: true };
    const bootState = { ...bootStateOf('QEMU'), kernelRelease: `${series}.9-xperf-hook`, kpti };
    const nonce = '0badcafe';
    const labels = { ...deriveLabels(run.hostId, {}, bootState, 'emulated') };
    const started = { bootStateHash: await observeBootState(fleet.db, bootState), labels, nonce, workerId: 'w1' };
    await tellRun(fleet.db, run.runId, {
      type: 'start',
      attempt: 1,
      data: { ...started, provenance: 'emulated' },
    });
  }

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [virtualHost('vm-both', ['6.1', '6.12']), virtualHost('vm-new', ['6.12'])]);
    job = (await submit<JobView>({ name: 'matrix' })).body;
    plan = await planOf(fleet.db, job.jobId);
    for (const run of plan) {
      await queueRun(fleet.db, job, run);
      await boot(run);
      if (run.hostId === 'vm-both' && run.guest?.series === '6.1' && run.guest.kpti && run.replicate === 0) {
        const failure = { code: 'guest-panicked', message: 'it panicked', remedy: 'look' };
        await tellRun(fleet.db, run.runId, { type: 'fail', attempt: 1, failure, parserVersion: 2 });
        continue;
      }
      await recordSamples(fleet.db, run.runId, 1, samplesFrom(baseOf(run), faults));
      await completeAttempt(fleet.db, run.runId, 1, faults);
    }
    await fleet.readModelHas(...plan.map((run) => runStream(run.runId)));
  });
  afterAll(() => fleet.stop());

  it('queues each run with the cell that it was planned for', async () => {
    expect(plan).toHaveLength(20);
    for (const { runId, guest } of plan) {
      const [queued] = await readStream(fleet.db, runStream(runId));
      expect(queued).toMatchObject({ type: 'RunQueued', data: { guest } });
    }
    const { body } = await fleet.ask<Page<RunView>>(`/v1/runs?jobId=${job.jobId}`);
    expect(body.items.map(({ guest }) => guest)).toEqual(plan.map(({ guest }) => guest));
  });

  it('keeps the cells of one host apart in the results, and names the cell that failed', async () => {
    const { body } = await fleet.ask<JobResults>(`/v1/jobs/${job.jobId}/results`);
    const { rows, failures } = jobResultsSchema.parse(body);
    const cells = rows.map(({ metric, kernel, kpti, runs, p50Cycles }) => [metric, kernel, kpti, runs, p50Cycles]);
    expect(cells.filter(([metric]) => metric === 'u2k')).toEqual([
      ['u2k', '6.1.9-xperf-hook', false, 5, 611.5],
      ['u2k', '6.12.9-xperf-hook', false, 5, 611.5],
      ['u2k', '6.1.9-xperf-hook', true, 4, 1012],
      ['u2k', '6.12.9-xperf-hook', true, 5, 1011.5],
    ]);
    expect(new Set(rows.map(({ bootStateHash }) => bootStateHash)).size).toBe(4);
    expect(new Set(rows.map(({ provenance }) => provenance))).toEqual(new Set(['emulated']));
    expect(failures).toMatchObject([{ hostId: 'vm-both', guest: { series: '6.1', kpti: true }, runs: 1 }]);
  });

  it('compares the cells, each dimension with all else held fixed', async () => {
    const { body } = await fleet.ask<JobComparisons>(`/v1/jobs/${job.jobId}/comparisons`);
    const { comparisons } = jobComparisonsSchema.parse(body);
    const told = comparisons.map(({ dimension, a, b, comparison: { metric, verdict, warnings } }) => [
      `${metric} ${dimension}: ${guestText(a)} → ${guestText(b)}`,
      verdict,
      warnings.length,
    ]);
    expect(told.slice(0, 4)).toEqual([
      ['u2k series: 6.1 KPTI on → 6.12 KPTI on', 'equal', 1],
      ['u2k series: 6.1 KPTI off → 6.12 KPTI off', 'equal', 1],
      ['u2k kpti: 6.1 KPTI on → 6.1 KPTI off', 'faster', 1],
      ['u2k kpti: 6.12 KPTI on → 6.12 KPTI off', 'faster', 1],
    ]);
    expect(told).toHaveLength(8);
    const last = comparisons[3]?.comparison;
    const { a, b } = { a: 'kernel-series=6.12,kpti=on', b: 'kernel-series=6.12,kpti=off' };
    const asked = new URLSearchParams({ a, b, metric: 'u2k', jobId: job.jobId });
    expect((await fleet.ask(`/v1/compare?${asked}`)).body).toEqual(last);
  });

  it('compares the metrics of the probes that were asked for', async () => {
    const { body } = await submit<JobView>({ probes: ['syscall_rt', 'pf_rt'], runsPerHost: 1 });
    await fleet.readModelHas(jobStream(body.jobId));
    const reply = await fleet.ask<JobComparisons>(`/v1/jobs/${body.jobId}/comparisons`);
    const { comparisons } = jobComparisonsSchema.parse(reply.body);
    const metrics = comparisons.map(({ comparison }) => comparison.metric);
    expect(metrics).toEqual([...Array<string>(4).fill('syscall_rt'), ...Array<string>(4).fill('pf_rt')]);
  });

  it('has nothing to compare without a matrix', async () => {
    const { body } = await submit<JobView>({ matrix: undefined });
    await fleet.readModelHas(jobStream(body.jobId));
    expect((await fleet.ask(`/v1/jobs/${body.jobId}/comparisons`)).body).toEqual({
      jobId: body.jobId,
      comparisons: [],
    });
  });

  it('is the same job when it is sent again, and another with another matrix', async () => {
    const headers = { 'idempotency-key': 'matrix-once' };
    const send = (series: string[]) =>
      fleet.ask<JobView>('/v1/jobs', {
        method: 'POST',
        headers,
        json: { hosts: ['vm-both'], matrix: { ...matrix, series } },
      });
    const first = await send(['6.1']);
    expect([first.status, (await send(['6.1'])).status, (await send(['6.12'])).status]).toEqual([201, 200, 409]);
  });

  it.each([
    [
      'a series that a host has no image of',
      { hosts: ['vm-new'] },
      422,
      'matrix.series',
      /kernel:build -- --series 6.1/,
    ],
    [
      'a series that the hook does not exist for',
      { matrix: { ...matrix, series: ['4.19'] } },
      400,
      'matrix.series[0]',
      /./,
    ],
    ['a matrix without KPTI', { matrix: { series: ['6.1'] } }, 400, 'matrix.kpti', /./],
    [
      'boot options that the run itself sets',
      { matrix: { ...matrix, bootOptions: ['pti=off'] } },
      400,
      'matrix.bootOptions[0]',
      /./,
    ],
    ['a matrix for another executor', { executor: 'simulator' }, 400, 'executor', /./],
  ])('is refused for %s', async (_, change, status, field, remedy) => {
    const reply = await submit(change);
    expect(reply.status).toBe(status);
    const [error] = reply.body.errors ?? [];
    expect(error).toMatchObject({ field, remedy: expect.stringMatching(remedy) as unknown });
  });
});
