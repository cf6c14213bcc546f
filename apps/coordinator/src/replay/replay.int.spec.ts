import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import {
  type EventData,
  type JobView,
  type Problem,
  type ReplayedRun,
  type ReplayReply,
  type RetriedStream,
  type RunDetail,
  runStream,
} from '#contracts';
import { formatContractLine } from '#dmesg';
import { createPrisma, readStream } from '#event-store';
import { encodeSamples, type SampleColumns } from '#samples';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { causeOf, samplesFrom, startAttempt, tellRun } from '../../../../test/fleet/story.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { replaySlice } from './replay-slice.js';

const faults = 40;
/** `startAttempt`'s. */
const nonce = '0badcafe';

/** The log of a run whose crossings are those of `samplesFrom(300, faults)`; `without` names lines of ten that were lost. */
function logOf(without: readonly number[] = [], begun = faults): string {
  const { columns } = samplesFrom(300, faults);
  const pairs = [...(columns.u2k ?? [])].map((u2k, seq) => `${u2k}/${columns.k2u?.[seq]}`);
  const lines = [0, 10, 20, 30]
    .filter((seq) => !without.includes(seq))
    .map((seq) => `pid=7 cpu=0 seq=${seq} n=10 d=${pairs.slice(seq, seq + 10).join(',')}`);
  return [
    `begin probe=pf faults=${begun} warmup=0 pid=7 cpu=0 batch=10 overhead=20`,
    ...lines,
    `end faults=${begun} samples=${begun} rejected=0`,
  ]
    .map((line) => `${formatContractLine(nonce, line)}\n`)
    .join('');
}

/** As parser 1 left them: the first ten crossings twice, the last ten not at all. */
function faulty(): SampleColumns {
  const all = samplesFrom(300, faults);
  const twice = (column: Int32Array): Int32Array => Int32Array.from([...column.slice(0, 10), ...column.slice(0, 30)]);
  return {
    ...all,
    seq: twice(all.seq),
    columns: { u2k: twice(all.columns.u2k ?? new Int32Array()), k2u: twice(all.columns.k2u ?? new Int32Array()) },
    interrupted: new Uint8Array(faults),
  };
}

interface Told {
  log?: string;
  /** What is stored of it. */
  raw?: Uint8Array;
  samples?: SampleColumns;
  /** In place of those. */
  packed?: Uint8Array;
  lost?: number;
  /** How the attempt ends; left out, it completes. */
  failure?: { code: string; message: string; remedy: string };
}

describe('replays', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
  });
  afterAll(() => fleet.stop());

  const gap: Omit<EventData<'KernelLogGapObserved'>, 'runId' | 'attempt'> = {
    ...{ reason: 'sample-gap', detail: 'as parser 1 saw it', lostRecords: null, lostSamples: 10, rawFrom: 0, rawTo: 1 },
  };

  async function plan(runs: number): Promise<{ job: JobView; runIds: string[] }> {
    const json = { hosts: ['h1'], probes: ['pf'], faults, runsPerHost: runs };
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json });
    const planned = await planOf(fleet.db, job.jobId);
    for (const run of planned) await queueRun(fleet.db, job, run);
    return { job, runIds: planned.map((run) => run.runId) };
  }

  async function record(
    runId: string,
    { log = logOf(), raw, samples = faulty(), packed, lost = 0 }: Told,
  ): Promise<void> {
    await startAttempt(fleet.db, runId, 1);
    const data = {
      ...({ probe: 'pf', metrics: ['u2k', 'k2u'], cpu: 0, interrupted: 0, firstSeq: 0, lastSeq: 29 } as const),
      ...{ samples: samples.seq.length, rawFrom: 0, rawTo: log.length, metrics: ['u2k' as const, 'k2u' as const] },
    };
    const payload = { samples: packed ?? encodeSamples(samples), raw: raw ?? deflateSync(log) };
    await tellRun(fleet.db, runId, { type: 'record', attempt: 1, data }, { payload });
    if (lost > 0) await tellRun(fleet.db, runId, { type: 'observeGap', attempt: 1, data: gap });
  }

  /** A run that parser 1 read. */
  async function tell(runId: string, told: Told = {}): Promise<string> {
    await record(runId, told);
    const { lost = 0, failure } = told;
    const counts = { faults, lost, rejected: 0, damagedLines: 0, rawBytes: 1, overheadCycles: 20, durationMs: 1 };
    await tellRun(
      fleet.db,
      runId,
      failure === undefined
        ? { type: 'complete', attempt: 1, data: { ...counts, parserVersion: 1 } }
        : { type: 'fail', attempt: 1, failure, parserVersion: 1 },
    );
    await fleet.readModelHas(runStream(runId));
    return runId;
  }

  async function toldRun(told: Told = {}): Promise<string> {
    const { runIds } = await plan(1);
    return tell(runIds[0] ?? '', told);
  }

  async function replay(...runs: string[]): Promise<ReplayedRun[]> {
    const { status, body } = await fleet.ask<ReplayReply>('/v1/replays', { method: 'POST', json: { runs } });
    expect(status).toBe(200);
    return body.runs;
  }

  const runOf = async (runId: string) => (await fleet.ask<RunDetail>(`/v1/runs/${runId}`)).body;
  const eventTypes = async (runId: string) => (await readStream(fleet.db, runStream(runId))).map(({ type }) => type);

  it('derives samples and figures again and says what differs', async () => {
    const runId = await toldRun();
    expect(await runOf(runId)).toMatchObject({ state: 'failed', failure: { code: 'samples-inconsistent' } });
    const [replayed] = await replay(runId);
    expect(replayed).toMatchObject({
      outcome: 'rederived',
      changed: true,
      before: { parserVersion: 1, samples: 40, repeated: 10, lost: 0 },
      after: { parserVersion: 2, samples: 40, repeated: 0, lost: 0 },
    });
    const p50 = (reading: ReplayedRun['before']) => reading?.medians.find((one) => one.metric === 'u2k')?.p50Cycles;
    expect([p50(replayed?.before ?? null), p50(replayed?.after ?? null)]).toEqual([309.5, 319.5]);
    const run = await runOf(runId);
    expect(run).toMatchObject({ state: 'completed', failure: null, parserVersion: 2, samples: 40 });
    expect(run.results[0]).toMatchObject({ metric: 'u2k', p50Cycles: 319.5, maxCycles: 339 });
  });

  it('takes the losses from the log as well', async () => {
    const runId = await toldRun({ log: logOf([10, 20]), samples: samplesFrom(300, 30), lost: 10 });
    expect((await runOf(runId)).gaps).toMatchObject([{ detail: 'as parser 1 saw it' }]);
    await replay(runId);
    const run = await runOf(runId);
    expect(run).toMatchObject({ samples: 20, lost: 20, gaps: [{ reason: 'sample-gap', lostSamples: 20 }] });
    expect(run.results[0]).toMatchObject({ samples: 20 });
  });

  it('has samples from the log that were stored damaged', async () => {
    const runId = await toldRun({ packed: new Uint8Array([1, 2, 3]) });
    expect(await runOf(runId)).toMatchObject({ state: 'failed', failure: { code: 'samples-unreadable' } });
    const [replayed] = await replay(runId);
    expect(replayed).toMatchObject({ outcome: 'rederived', before: { samples: 0, medians: [] } });
    expect(await runOf(runId)).toMatchObject({ state: 'completed', failure: null, samples: 40 });
  });

  it('completes a run that a worker had failed because its samples were inconsistent', async () => {
    const failure = { code: 'samples-inconsistent', message: 'ten stand twice', remedy: 'xf replay' };
    const runId = await toldRun({ failure });
    const failed = await runOf(runId);
    expect(failed).toMatchObject({ state: 'failed', results: [] });
    const jobOf = async () =>
      eventually('the job has ended', async () => {
        const { body } = await fleet.ask<JobView>(`/v1/jobs/${failed.jobId}`);
        return body.state === 'ended' && body;
      });
    expect((await jobOf()).runs).toMatchObject({ failed: 1, completed: 0 });
    expect((await replay(runId))[0]).toMatchObject({ outcome: 'rederived', changed: true });
    const run = await runOf(runId);
    expect(run).toMatchObject({ state: 'completed', failure: null, samples: 40 });
    expect(run.results).toHaveLength(2);
    expect(await jobOf()).toMatchObject({ runs: { failed: 0, completed: 1 }, samples: 40 });
  });

  it.each<[string, Told, RegExp]>([
    ['no bytes are stored', { raw: deflateSync('') }, /no kernel-log bytes/],
    ['bytes are missing', { raw: deflateSync(logOf().slice(0, -9)) }, /of its \d+ captured bytes/],
    ['bytes are damaged', { raw: deflateSync(logOf()).subarray(3) }, /damaged \(Z_/],
    ['the log is of another run', { log: logOf([], 50) }, /announces 50 faults/],
    ['the run failed otherwise', { failure: { code: 'timeout', message: '', remedy: '' } }, /failed \(timeout\)/],
  ])('says that a run can not be read again when %s, and leaves it', async (_, told, reason) => {
    const runId = await toldRun(told);
    const before = await runOf(runId);
    const [replayed] = await replay(runId);
    expect(replayed).toMatchObject({ outcome: 'not-replayed', before: null, after: null });
    expect(replayed?.reason).toMatch(reason);
    expect(await runOf(runId)).toEqual(before);
    expect(await eventTypes(runId)).not.toContain('RunRederived');
  });

  it('does not touch an attempt that is under way', async () => {
    const { runIds } = await plan(1);
    const [runId = ''] = runIds;
    await record(runId, {});
    const before = await eventTypes(runId);
    expect((await replay(runId))[0]).toMatchObject({
      outcome: 'not-replayed',
      reason: 'the run is started, not ended',
    });
    expect(await eventTypes(runId)).toEqual(before);
    // The worker still writes at the version that it knows.
    const counts = { faults, lost: 0, rejected: 0, damagedLines: 0, rawBytes: 1, overheadCycles: 20, durationMs: 1 };
    await tellRun(fleet.db, runId, { type: 'complete', attempt: 1, data: { ...counts, parserVersion: 1 } });
    expect(await eventTypes(runId)).toEqual([...before, 'RunCompleted']);
  });

  it('says so of a run that is not there, and of one that was cancelled', async () => {
    const { job, runIds } = await plan(1);
    await fleet.ask(`/v1/jobs/${job.jobId}/cancel`, { method: 'POST', json: {} });
    const [runId = ''] = runIds;
    await tellRun(fleet.db, runId, { type: 'cancel', runId });
    const unknown = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';
    expect((await replay(unknown, runId)).map(({ reason }) => reason)).toEqual([
      'there is no such run, or it has not begun',
      'the run was abandoned; it has no result',
    ]);
  });

  it('is stored once by two at the same time, and changes nothing when repeated', async () => {
    const runId = await toldRun();
    const both = await Promise.all([replay(runId), replay(runId)]);
    expect(both.flat().map(({ outcome }) => outcome)).toContain('rederived');
    expect((await eventTypes(runId)).filter((type) => type === 'RunRederived')).toHaveLength(1);
    expect((await replay(runId))[0]).toMatchObject({ outcome: 'current' });
    expect((await eventTypes(runId)).filter((type) => type === 'RunRederived')).toHaveLength(1);
  });

  it('stores all of it or nothing, and is completed by the next call', async () => {
    const runId = await toldRun();
    const admin = createPrisma(fleet.database.adminUrl);
    try {
      // Ends the append after its event and before its samples, as a crash of the server would.
      await admin.$executeRawUnsafe(`CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the disk is gone'; END $$`);
      await admin.$executeRawUnsafe(
        'CREATE TRIGGER crash BEFORE INSERT ON rederived_batches FOR EACH ROW EXECUTE FUNCTION crash()',
      );
      const { status } = await fleet.ask('/v1/replays', { method: 'POST', json: { runs: [runId] } });
      expect(status).toBe(500);
      expect(await eventTypes(runId)).not.toContain('RunRederived');
      await admin.$executeRawUnsafe('DROP TRIGGER crash ON rederived_batches');
      expect((await replay(runId))[0]).toMatchObject({ outcome: 'rederived' });
      expect((await runOf(runId)).results[0]).toMatchObject({ p50Cycles: 319.5 });
    } finally {
      await admin.$disconnect();
    }
  });

  it.each([
    ['the completion', "state <> 'completed'", { state: 'failed', failure: { code: 'unreadable' }, results: [] }],
    ['the new reading', 'parser_version <> 2', { state: 'completed', parserVersion: 1, samples: 30, lost: 10 }],
  ])('is folded again with a run that was set aside at %s', async (_, narrow, meanwhile) => {
    const told = { log: logOf([10, 20]), samples: samplesFrom(300, 30), lost: 10 };
    const { runIds } = await plan(2);
    const [bad = '', sound = ''] = runIds;
    const admin = createPrisma(fleet.database.adminUrl);
    try {
      // As where schema and column have drifted apart.
      await admin.$executeRawUnsafe(
        `ALTER TABLE runs ADD CONSTRAINT narrow CHECK (run_id <> '${bad}' OR ${narrow}) NOT VALID`,
      );
      for (const runId of [bad, sound]) await tell(runId, told);
      expect(await replay(bad, sound)).toMatchObject([{ outcome: 'rederived' }, { outcome: 'rederived' }]);
      await fleet.readModelHas(runStream(bad), runStream(sound));
      expect(await runOf(bad)).toMatchObject(meanwhile);
      await admin.$executeRawUnsafe('ALTER TABLE runs DROP CONSTRAINT narrow');
    } finally {
      await admin.$disconnect();
    }
    const path = `/v1/set-aside-streams/${runStream(bad)}/retry`;
    expect((await fleet.ask<RetriedStream>(path, { method: 'POST' })).body).toMatchObject({ folded: true });
    const figuresOf = async (runId: string) => {
      const { state, failure, parserVersion, samples, lost, gaps, results } = await runOf(runId);
      const found = gaps.map(({ reason, lostSamples }) => ({ reason, lostSamples }));
      // The noise floor is the host's of the moment: it may have come in between two questions.
      const figures = results.map((result) => ({ ...result, noiseFloor: null }));
      return { state, failure, parserVersion, samples, lost, gaps: found, results: figures };
    };
    const figures = await figuresOf(sound);
    expect(figures).toMatchObject({ state: 'completed', parserVersion: 2, samples: 20, lost: 20 });
    expect(await figuresOf(bad)).toEqual(figures);
  });

  it('goes through the runs slice by slice, those that ended since a time, each once', async () => {
    const earlier = await toldRun();
    const since = new Date(Date.parse((await runOf(earlier)).endedAt ?? '') + 1).toISOString();
    const { runIds } = await plan(3);
    for (const runId of runIds) await tell(runId);
    const progress = fleet.coordinator.app.get(ReadModelProgress);
    const slice = (cursor?: string) => {
      const request = { since, dryRun: true, ...(cursor === undefined ? {} : { cursor }) };
      return replaySlice(fleet.db, progress, request, causeOf('key:test'), { runs: 2, ms: 60_000 });
    };
    const first = await slice();
    expect(first).toMatchObject({ left: 1, dryRun: true });
    const second = await slice(first.nextCursor ?? '');
    expect(second).toMatchObject({ left: 0, nextCursor: null });
    expect([...first.runs, ...second.runs].map(({ runId }) => runId)).toEqual(runIds);
  });

  it('counts the runs that an older parser read', async () => {
    const { body: before } = await fleet.ask<{ runs: number }>('/v1/replays/outdated');
    const runId = await toldRun();
    expect((await fleet.ask('/v1/replays/outdated')).body).toEqual({ parserVersion: 2, runs: before.runs + 1 });
    await replay(runId);
    expect((await fleet.ask('/v1/replays/outdated')).body).toEqual({ parserVersion: 2, runs: before.runs });
  });

  it.each([
    [{}, 'runs'],
    [{ all: true, since: '2026-11-26T00:00:00Z' }, 'runs'],
    [{ runs: ['x'] }, 'runs'],
    [{ since: 'yesterday' }, 'since'],
    [{ all: true, cursor: 'x' }, 'cursor'],
  ])('refuses %j by the name of the field', async (json, field) => {
    const { status, body } = await fleet.ask<Problem>('/v1/replays', { method: 'POST', json });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.field.startsWith(field)).toBe(true);
  });
});
