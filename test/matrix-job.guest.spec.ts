// A job with a matrix through everything that the product is made of: API, plan, queue, worker daemon, a guest booted
// for each run, its kernel log, events, read model, results and comparison. The kernels are the built ones, QEMU emulates.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createdKeySchema,
  guestsOf,
  hostStream,
  jobComparisonsSchema,
  jobResultsSchema,
  type JobView,
  type Matrix,
  type Page,
  type RunDetail,
  runStream,
  type RunView,
} from '#contracts';
import { guestText } from '#wording';
import { readStream } from '#event-store';
import { WorkerProcess } from '../apps/worker/src/testing/worker-process.js';
import { type CoordinatorUnderTest, startCoordinator } from './coordinator/coordinator-under-test.js';

// Twenty boots at three to six seconds each on an idle machine, more on a busy one.
jest.setTimeout(1_800_000);

const matrix: Matrix = { series: ['6.1', '6.12'], kpti: [true, false] };
/** 100,000 faults a cell. The replicate is a run, and an interval takes five of them, so they are split over five. */
const runsPerHost = 5;
const faults = 20_000;
const faultsPerCell = 100_000;
const hostId = 'vm-matrix';

describe('a job over 2 series × KPTI on and off (needs QEMU and the images of both series: npm run kernel:build)', () => {
  let fleet: CoordinatorUnderTest;
  let worker: WorkerProcess;
  let cacheDir: string;
  let job: JobView;
  let runs: RunDetail[];

  const get = async <T>(path: string): Promise<T> => (await fleet.ask<T>(path)).body;

  async function startWorker(): Promise<void> {
    const key = { name: 'worker', role: 'worker' };
    const made = await fleet.ask('/v1/keys', { method: 'POST', json: key });
    const hosts = [{ hostId, executors: ['vm'], vm: { series: '6.12', kpti: true, accelerator: 'tcg' } }];
    worker = WorkerProcess.start({
      DATABASE_URL: fleet.database.workerUrl,
      QUEUE_URL: fleet.queue.workerUrl,
      COORDINATOR_URL: fleet.url,
      WORKER_KEY: createdKeySchema.parse(made.body).key,
      WORKER_ID: 'w-matrix',
      WORKER_HOSTS: JSON.stringify(hosts),
      WORKER_CACHE_DIR: cacheDir,
    });
    while ((await fleet.ask(`/v1/hosts/${hostId}`)).status !== 200) {
      if (worker.child.exitCode !== null) throw new Error(`the worker ended: ${worker.stdout}${worker.stderr}`);
    }
    await fleet.readModelHas(hostStream(hostId));
  }

  beforeAll(async () => {
    fleet = await startCoordinator();
    cacheDir = await mkdtemp(join(tmpdir(), 'xf-matrix-'));
    await startWorker();
    const spec = { name: 'matrix', hosts: [hostId], matrix, runsPerHost, faults, timeoutMs: 600_000 };
    const submitted = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec });
    expect(submitted).toMatchObject({ status: 201, body: { runs: { total: 20 } } });
    const { jobId } = submitted.body;
    // Ends when the job does.
    await (await fleet.request(`/v1/jobs/${jobId}/progress`)).text();
    job = await get(`/v1/jobs/${jobId}`);
    const { items } = await get<Page<RunView>>(`/v1/runs?jobId=${jobId}&limit=200`);
    runs = await Promise.all(items.map(({ runId }) => get<RunDetail>(`/v1/runs/${runId}`)));
  });
  afterAll(async () => {
    worker?.child.kill('SIGTERM');
    await worker?.exited;
    await fleet?.stop();
    await rm(cacheDir, { recursive: true, force: true });
  });

  it('completes every run at its first attempt', () => {
    const told = runs.map(({ state, attempt, failure }) => ({ state, attempt, failure }));
    expect(told).toEqual(Array.from({ length: 20 }, () => ({ state: 'completed', attempt: 1, failure: null })));
    expect(job).toMatchObject({ state: 'ended', outcome: 'completed' });
  });

  it('booted for each run the guest of its cell, one kernel image a series', () => {
    for (const { guest, bootState, labels, provenance } of runs) {
      const { series, kpti } = guest ?? {};
      expect(bootState).toMatchObject({ kpti, hypervisor: 'qemu-tcg', virtualization: 'vm' });
      expect(bootState?.kernelRelease).toMatch(new RegExp(`^${series?.replace('.', '\\.')}\\.\\d+-xperf-hook$`));
      expect(labels).toMatchObject({
        'kernel-series': series,
        kpti: kpti === true ? 'on' : 'off',
        provenance: 'emulated',
      });
      expect(provenance).toBe('emulated');
    }
    expect(new Set(runs.map(({ bootStateHash }) => bootStateHash)).size).toBe(4);
  });

  it('accounts for each of the 100,000 faults of each cell', () => {
    for (const cell of guestsOf(matrix)) {
      const own = runs.filter(({ guest }) => guest !== null && guestText(guest) === guestText(cell));
      const sum = (of: (run: RunDetail) => number) => own.reduce((total, run) => total + of(run), 0);
      const samples = sum((run) => run.samples);
      const lost = sum((run) => run.lost);
      expect({ cell: guestText(cell), runs: own.length, all: samples + lost + sum((run) => run.rejected) }).toEqual({
        cell: guestText(cell),
        runs: runsPerHost,
        all: faultsPerCell,
      });
      // What is lost is told by a gap, not guessed; and it is the exception.
      expect(lost).toBe(sum((run) => run.gaps.reduce((total, gap) => total + gap.lostSamples, 0)));
      expect(samples).toBeGreaterThan(faultsPerCell / 2);
    }
    expect(job.samples + job.lost + runs.reduce((total, run) => total + run.rejected, 0)).toBe(4 * faultsPerCell);
  });

  it('has the same counts in the events and in the samples themselves', async () => {
    for (const run of runs) {
      const events = await readStream(fleet.db, runStream(run.runId));
      const recorded = events.reduce(
        (total, event) => total + (event.type === 'CrossingSamplesRecorded' ? event.data.samples : 0),
        0,
      );
      expect([events[0]?.type, events.at(-1)?.type]).toEqual(['RunQueued', 'RunCompleted']);
      expect(recorded).toBe(run.samples);
    }
    for (const cell of guestsOf(matrix)) {
      const run = runs.find(({ guest }) => guest !== null && guestText(guest) === guestText(cell));
      const text = await (await fleet.request(`/v1/runs/${run?.runId}/samples?format=ndjson`)).text();
      const samples = text.trim().split('\n').map((line) => JSON.parse(line) as { seq: number; u2k: number }); // prettier-ignore
      expect(new Set(samples.map(({ seq }) => seq)).size).toBe(run?.samples);
      expect(samples.every(({ seq, u2k }) => seq >= 0 && seq < faults && u2k > 0)).toBe(true);
    }
  });

  it('gives a row for each cell and direction, labelled as emulated', async () => {
    const { rows, failures } = jobResultsSchema.parse(await get(`/v1/jobs/${job.jobId}/results`));
    expect(failures).toEqual([]);
    const cells = rows.map(({ kernel, kpti, metric }) => `${/^\d+\.\d+/.exec(kernel)?.[0]} ${kpti} ${metric}`);
    const wanted = guestsOf(matrix).flatMap(({ series, kpti }) =>
      ['k2u', 'u2k'].map((metric) => `${series} ${kpti} ${metric}`),
    );
    expect(cells.sort()).toEqual(wanted.sort());
    for (const row of rows) expect(row).toMatchObject({ runs: runsPerHost, provenance: 'emulated', hostId });
  });

  it('compares the cells: series with series, KPTI on with off', async () => {
    const { comparisons } = jobComparisonsSchema.parse(await get(`/v1/jobs/${job.jobId}/comparisons`));
    expect(comparisons.map(({ a, b, comparison }) => [comparison.metric, guestText(a), guestText(b)])).toEqual(
      ['u2k', 'k2u'].flatMap((metric) => [
        [metric, '6.1 KPTI on', '6.12 KPTI on'],
        [metric, '6.1 KPTI off', '6.12 KPTI off'],
        [metric, '6.1 KPTI on', '6.1 KPTI off'],
        [metric, '6.12 KPTI on', '6.12 KPTI off'],
      ]),
    );
    for (const { comparison } of comparisons) {
      // Which way it goes is the emulator's affair and no test's; that there is an answer, with its interval, is ours.
      expect(comparison).toMatchObject({ a: { runs: runsPerHost }, b: { runs: runsPerHost } });
      expect(comparison.ratio).toBeGreaterThan(0);
      expect(comparison.interval).not.toBeNull();
      expect(comparison.warnings).toContainEqual(expect.stringContaining('emulated'));
    }
  });

  it('measures round trips in each cell when they are asked for, and compares them', async () => {
    const cells: Matrix = { series: ['6.12'], kpti: [true, false] };
    const spec = { hosts: [hostId], matrix: cells, probes: ['pf_rt', 'syscall_rt'], runsPerHost: 2, faults: 2_000 };
    const submitted = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: { ...spec, timeoutMs: 600_000 } });
    expect(submitted).toMatchObject({ status: 201, body: { runs: { total: 8 } } });
    const { jobId } = submitted.body;
    await (await fleet.request(`/v1/jobs/${jobId}/progress`)).text();
    const { items } = await get<Page<RunView>>(`/v1/runs?jobId=${jobId}&limit=200`);
    const told = await Promise.all(items.map(({ runId }) => get<RunDetail>(`/v1/runs/${runId}`)));
    for (const run of told) {
      expect(run).toMatchObject({ state: 'completed', attempt: 1, provenance: 'emulated', gaps: [] });
      expect(run.bootState?.kpti).toBe(run.guest?.kpti);
      expect({ lost: run.lost, all: run.samples + run.rejected }).toEqual({ lost: 0, all: 2_000 });
      expect(run.samples).toBeGreaterThan(1_000);
      const text = await (await fleet.request(`/v1/runs/${run.runId}/samples?format=ndjson`)).text();
      const samples = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, number>);
      expect(new Set(samples.map(({ seq }) => seq)).size).toBe(run.samples);
      expect(samples.every((sample) => Number(sample[run.probe]) > 0)).toBe(true);
    }
    const { comparisons } = jobComparisonsSchema.parse(await get(`/v1/jobs/${jobId}/comparisons`));
    expect(comparisons.map(({ a, b, comparison }) => [comparison.metric, guestText(a), guestText(b)])).toEqual([
      ['pf_rt', '6.12 KPTI on', '6.12 KPTI off'],
      ['syscall_rt', '6.12 KPTI on', '6.12 KPTI off'],
    ]);
    for (const { comparison } of comparisons) {
      expect(comparison).toMatchObject({ a: { runs: 2 }, b: { runs: 2 } });
      expect(comparison.ratio).toBeGreaterThan(0);
    }
  });

  it('leaves no guest and no file', async () => {
    expect(await readdir(join(cacheDir, 'vm-runs'))).toEqual([]);
  });
});
