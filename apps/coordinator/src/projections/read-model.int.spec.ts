import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { contractVersion, type RecordedEvent, runStream } from '#contracts';
import { createPrisma, Prisma, readStream, Subscription, type PrismaClient } from '#event-store';
import { encodeSamples } from '#samples';
import { LogHistogram } from '#stats';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp as catchUpAll, dumpReadModel, foldAll, rebuild } from '../../../../test/fleet/read-model.js';
import {
  completeAttempt,
  measure,
  queueRuns,
  recordSamples,
  registerHost,
  samplesFrom,
  startAttempt,
  submitJob,
  tellJob,
  tellRun,
} from '../../../../test/fleet/story.js';
import { jobResults } from '../jobs/job-results.js';
import { dailySeries } from './daily-series.table.js';
import { endedRuns } from './ended-runs.table.js';
import { operational } from './operational.js';
import { checkpointOf } from './projection.js';

jest.setTimeout(60_000);

let database: FreshDatabase;
let db: PrismaClient;
beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const onError = (error: unknown): void => {
  throw error;
};

const catchUp = (): Promise<void> => catchUpAll(db, database.coordinatorUrl);
const dump = (): Promise<Record<string, unknown>> => dumpReadModel(db);

const host = simulatedHost('h1');
const other = simulatedHost('h2', 'Zen 3');
const faults = 40;

const queued = (runsPerHost = 1, hosts = [host]) => queueRuns(db, hosts, { faults, runsPerHost });

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('nothing there');
  return item;
};

describe('the read model', () => {
  beforeEach(async () => {
    await rebuild(db, database.coordinatorUrl);
  });

  it('has the hosts as they were last told', async () => {
    await registerHost(db, host);
    await registerHost(db, other);
    await catchUp();
    expect(await db.host.findMany({ orderBy: { hostId: 'asc' } })).toMatchObject([
      { hostId: 'h1', workerId: 'w1', generation: 'Haswell-EP', virtualization: 'bare' },
      { hostId: 'h2', generation: 'Zen 3' },
    ]);
    expect(await db.bootState.count()).toBe(2);
  });

  it('has a submitted job with its planned runs in their order', async () => {
    const { jobId, plan } = await submitJob(db, [host, other], { faults, runsPerHost: 2 });
    await catchUp();
    expect(await db.job.findUnique({ where: { jobId } })).toMatchObject({
      state: 'running',
      runsTotal: 4,
      outcome: null,
    });
    const runs = await db.run.findMany({ where: { jobId }, orderBy: { planIndex: 'asc' } });
    expect(runs.map((run) => run.runId)).toEqual(plan.map((run) => run.runId));
    expect(runs[0]).toMatchObject({ state: 'planned', attempt: 0, streamVersion: 0, faults });
  });

  it('has a run that was recorded late at the time when it ran, and its lease from when that was heard of', async () => {
    const { runIds } = await queued();
    const runId = first(runIds);
    const startedAt = new Date('2026-03-04T05:06:07.000Z');
    const endedAt = new Date('2026-03-04T06:00:00.000Z');
    await startAttempt(db, runId, 1, 'Haswell-EP', {}, { occurredAt: startedAt });
    await recordSamples(db, runId, 1, samplesFrom(300, faults));
    await completeAttempt(db, runId, 1, faults, { occurredAt: endedAt });
    await catchUp();
    const run = await db.run.findUnique({ where: { runId } });
    expect(run).toMatchObject({ startedAt, endedAt });
    const [, started] = await readStream(db, `run-${runId}`);
    expect(run?.leasedFrom).toEqual(started?.meta.recordedAt);
    expect(await db.dailySeries.count({ where: { day: new Date('2026-03-04') } })).toBe(2);
  });

  it('computes the figures of a completed run from its samples', async () => {
    const { runIds } = await queued();
    const runId = first(runIds);
    await startAttempt(db, runId, 1);
    await recordSamples(db, runId, 1, samplesFrom(300, 20));
    await recordSamples(db, runId, 1, samplesFrom(320, 20, 20));
    await completeAttempt(db, runId, 1, faults);
    await catchUp();
    const [k2u, u2k] = await db.runResult.findMany({ where: { runId }, orderBy: { metric: 'asc' } });
    expect(u2k).toMatchObject({
      metric: 'u2k',
      generation: 'Haswell-EP',
      virtualization: 'bare',
      provenance: 'simulated',
      samples: 40n,
      invalid: 0n,
      interrupted: 2n,
      minCycles: 300,
      p50Cycles: 319.5,
      maxCycles: 339,
      meanCycles: 319.5,
      tscKhz: 2_300_000,
    });
    expect(LogHistogram.fromBytes(u2k?.histogram ?? new Uint8Array()).count).toBe(40);
    expect(k2u).toMatchObject({ metric: 'k2u', samples: 36n, invalid: 4n });
    expect(await db.run.findUnique({ where: { runId } })).toMatchObject({
      state: 'completed',
      samples: 40n,
      overheadCycles: 20,
    });
  });

  it('counts only the attempt that completed', async () => {
    const { runIds } = await queued();
    const runId = first(runIds);
    await startAttempt(db, runId, 1);
    await recordSamples(db, runId, 1, samplesFrom(9_000, 30));
    await tellRun(db, runId, { type: 'expire', attempt: 1, cancelled: false });
    await measure(db, runId, 2, { faults });
    await catchUp();
    const [u2k] = await db.runResult.findMany({ where: { runId, metric: 'u2k' } });
    expect(u2k).toMatchObject({ samples: 40n, maxCycles: 339 });
    expect(await db.run.findUnique({ where: { runId } })).toMatchObject({ attempt: 2, samples: 40n });
  });

  it('keeps every loss that was observed', async () => {
    const { runIds } = await queued();
    const runId = first(runIds);
    await startAttempt(db, runId, 1);
    const data = { detail: 'records 5 to 9', lostRecords: 5, lostSamples: 4, rawFrom: 1, rawTo: 2 };
    await tellRun(db, runId, { type: 'observeGap', attempt: 1, data: { ...data, reason: 'record-gap' } });
    await catchUp();
    expect(await db.runGap.findMany({ where: { runId } })).toMatchObject([
      { attempt: 1, reason: 'record-gap', lostRecords: 5n, lostSamples: 4n, rawFrom: 1n, rawTo: 2n },
    ]);
  });

  it('rolls runs of a day up, merged over several passes', async () => {
    const where = { hostId: 'h2', metric: 'u2k' };
    const runsSoFar = async () => (await db.dailySeries.findMany({ where })).reduce((sum, { runs }) => sum + runs, 0);
    const before = await runsSoFar();
    for (const base of [300, 600]) {
      const { runIds } = await queued(2, [other]);
      for (const runId of runIds) await measure(db, runId, 1, { faults, base, generation: 'Zen 3' });
      await catchUp();
    }
    expect((await runsSoFar()) - before).toBe(4);
    const rows = await db.dailySeries.findMany({ where });
    const merged = rows.reduce((all, row) => all.merge(LogHistogram.fromBytes(row.histogram)), new LogHistogram());
    expect(merged.count).toBe(160);
    expect([merged.quantile(0), merged.quantile(1)]).toEqual([300, 639]);
  });

  it('counts how the runs of an hour ended, what they lost, and those of each host by day, also where one ends later than the others are counted', async () => {
    const at = (time: string) => ({ occurredAt: new Date(`2026-03-0${time}Z`) });
    const { runIds } = await queued(4, [other]);
    const [a = '', b = '', c = '', d = ''] = runIds;
    const start = (runId: string, attempt: number, time: string) =>
      startAttempt(db, runId, attempt, 'Zen 3', {}, at(time));
    const gap = { reason: 'sample-gap', detail: 'gone', lostRecords: null, rawFrom: 1, rawTo: 2 } as const;
    const lose = (runId: string, attempt: number, lostSamples: number) =>
      tellRun(db, runId, { type: 'observeGap', attempt, data: { ...gap, lostSamples } });
    const complete = async (runId: string, attempt: number, time: string): Promise<void> => {
      await recordSamples(db, runId, attempt, samplesFrom(300, faults));
      await completeAttempt(db, runId, attempt, faults, at(time));
    };
    await start(a, 1, '1T23:10:00');
    await lose(a, 1, 3);
    await complete(a, 1, '1T23:50:00');
    await catchUp();
    await start(b, 1, '1T23:15:00');
    await lose(b, 1, 7);
    await tellRun(db, b, { type: 'expire', attempt: 1, cancelled: false });
    await start(b, 2, '1T23:40:00');
    await lose(b, 2, 2);
    await complete(b, 2, '1T23:59:59.999999');
    const failure = { code: 'timeout', message: 'too long', remedy: 'wait' };
    await start(c, 1, '1T23:20:00');
    await tellRun(db, c, { type: 'fail', attempt: 1, failure, parserVersion: 2 }, at('1T23:30:00'));
    await start(d, 1, '2T00:00:00');
    await complete(d, 1, '2T00:00:00');
    await catchUp();
    const rows = await db.endedRuns.findMany({ where: { hour: { lt: new Date('2026-03-03') } } });
    expect(
      rows.map(({ hour, state, reason, runs }) => [hour.toISOString().slice(8, 13), state, reason, runs]).sort(),
    ).toEqual([
      ['01T23', 'completed', '', 2],
      ['01T23', 'failed', 'timeout', 1],
      ['02T00', 'completed', '', 1],
    ]);
    expect(rows.find(({ runs }) => runs === 2)).toMatchObject({
      faults: BigInt(2 * faults),
      samples: BigInt(2 * faults),
    });
    // Of the attempt that was given up, nothing.
    expect(await db.lostSamples.findMany({ where: { hour: { lt: new Date('2026-03-03') } } })).toMatchObject([
      { reason: 'sample-gap', samples: 5n },
    ]);
    const [month] = await db.hostRuns.findMany({ where: { hostId: 'h2', month: new Date('2026-03-01') } });
    expect([month?.completed, month?.byDay]).toEqual([3, [2, 1, ...Array.from({ length: 29 }, () => 0)]]);
  });

  it('has the waits of an hour and of its day, exactly', async () => {
    const hours = [5, 5, 5, 6].map((hour) => new Date(Date.UTC(2026, 3, 4, hour)));
    const { runIds } = await queued(hours.length, [other]);
    for (const runId of runIds) await measure(db, runId, 1, { faults, generation: 'Zen 3' });
    await catchUp();
    for (const [n, seconds] of [1, 3, 11, 60].entries())
      await db.run.update({
        where: { runId: runIds[n] ?? '' },
        data: {
          queuedAt: hours[n] ?? null,
          startedAt: new Date(+(hours[n] ?? 0) + seconds * 1_000),
          endedAt: new Date(+(hours[n] ?? 0) + 99_000),
        },
      });
    const events = runIds.map((runId) => ({ type: 'RunCompleted', data: { runId } }) as RecordedEvent);
    await db.$transaction((tx) => endedRuns.fold(tx, events));
    const waits = await db.queueWait.findMany({
      where: { begins: { gte: new Date('2026-04-04'), lt: new Date('2026-04-05') } },
    });
    expect(
      waits.map(({ span, begins, runs, medianS, p95S }) => [span, begins.getUTCHours(), runs, medianS, p95S]).sort(),
    ).toEqual([
      ['day', 0, 4, 7, expect.closeTo(52.65, 9)],
      ['hour', 5, 3, 3, expect.closeTo(10.2, 9)],
      ['hour', 6, 1, 60, 60],
    ]);
  });

  it('counts a copy of a simulated run once in its day, as a comparison does', async () => {
    const { runIds } = await queued(3, [simulatedHost('h3', 'Zen 3')]);
    for (const [n, runId] of runIds.entries())
      await measure(db, runId, 1, { faults, base: 300 + 100 * n, generation: 'Zen 3' });
    await catchUp();
    const ofDay = () => db.dailySeries.findMany({ where: { hostId: 'h3', metric: 'u2k' } });
    expect(await ofDay()).toMatchObject([{ runs: 3, p50Cycles: 419.5 }]);
    await db.run.updateMany({ where: { runId: { in: runIds.slice(0, 2) } }, data: { seed: 7n } });
    const events = runIds.map((runId) => ({ type: 'RunCompleted', data: { runId } }) as RecordedEvent);
    await db.$transaction((tx) => dailySeries.fold(tx, events));
    // The newer of the two is kept.
    expect(await ofDay()).toMatchObject([{ runs: 2, p50Cycles: 469.5 }]);
  });

  it('keeps executors apart that had runs on one day', async () => {
    const { runIds } = await queued(2, [other]);
    for (const runId of runIds) await measure(db, runId, 1, { faults, generation: 'Zen 3' });
    await catchUp();
    const [ofVm = ''] = runIds;
    const endedAt = new Date('2026-01-01T05:00:00Z');
    for (const table of [Prisma.sql`runs`, Prisma.sql`run_results`]) {
      await db.$executeRaw`
        UPDATE ${table} SET ended_at = ${endedAt}, provenance = 'unknown',
                            executor = CASE run_id WHEN ${ofVm}::uuid THEN 'vm' ELSE 'stock-host' END
         WHERE run_id = ANY(${runIds}::uuid[])`;
    }
    const events = runIds.map((runId) => ({ type: 'RunCompleted', data: { runId } }) as RecordedEvent);
    await db.$transaction((tx) => dailySeries.fold(tx, events));
    const where = { day: new Date('2026-01-01'), metric: 'u2k' };
    const rows = await db.dailySeries.findMany({ where, orderBy: { executor: 'asc' } });
    expect(rows.map(({ executor, runs }) => [executor, runs])).toEqual([
      ['stock-host', 1],
      ['vm', 1],
    ]);
  });

  it('shows a cancelled job as cancelling until it ends', async () => {
    const { jobId } = await queued();
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    await catchUp();
    expect(await db.job.findUnique({ where: { jobId } })).toMatchObject({ state: 'cancelling', endedAt: null });
    await tellJob(db, jobId, { type: 'complete', runs: { completed: 0, failed: 0, abandoned: 1 } });
    await catchUp();
    const ended = await db.job.findUnique({ where: { jobId } });
    expect(ended).toMatchObject({ state: 'ended', outcome: 'cancelled' });
    expect(ended?.endedAt).toBeInstanceOf(Date);
  });

  it('knows the seed of runs that were stored before it was a column', async () => {
    const { runIds } = await queued(2);
    const planned = first((await submitJob(db, [host], { faults, runsPerHost: 1 })).plan).runId;
    await catchUp();
    const rows = () => db.run.findMany({ where: { runId: { in: [...runIds, planned] } }, orderBy: { seed: 'asc' } });
    const before = await rows();
    expect(before.map(({ seed }) => seed)).toEqual([expect.any(BigInt), expect.any(BigInt), null]);
    const fill = await readFile(path.join(process.cwd(), 'prisma/migrations/20261126000301_run_seed/migration.sql'));
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query('ALTER TABLE runs DROP COLUMN seed');
    await admin.query(fill.toString());
    await admin.end();
    expect(await rows()).toEqual(before);
  });

  it('does not show a run that no job planned, and goes on', async () => {
    const stray = '018f3f5e-0000-7000-8000-0000000000aa';
    const request = {
      runId: stray,
      jobId: stray,
      hostId: 'h1',
      attempt: 1,
      executor: 'simulator',
      probe: 'pf',
    } as const;
    const rest = { replicate: 0, faults, warmup: 0, timeoutMs: 1_000, priority: 'normal', seed: 1 } as const;
    await tellRun(db, stray, { type: 'queue', request: { ...request, ...rest } });
    await measure(db, stray, 1, { faults });
    await catchUp();
    expect(await db.run.count({ where: { runId: stray } })).toBe(0);
    expect(await db.runResult.count({ where: { runId: stray } })).toBe(0);
  });

  describe('a run that its worker took for completed, but whose samples are', () => {
    const days = () => db.dailySeries.findMany({ where: { provenance: 'simulated' } });

    async function expectFailed(runId: string, sound: string, failure: object): Promise<void> {
      await completeAttempt(db, runId, 1, faults);
      await catchUp();
      const rolledUp = await days();
      await measure(db, sound, 1, { faults });
      await catchUp();
      const nothing = { samples: 0n, lost: 0n, rejected: 0n, overheadCycles: null };
      expect(await db.run.findUnique({ where: { runId } })).toMatchObject({ state: 'failed', ...nothing, failure });
      // The run behind it is projected, and it alone is rolled up.
      expect(await db.runResult.count({ where: { runId: { in: [runId, sound] } } })).toBe(2);
      expect(await db.runResult.count({ where: { runId: sound } })).toBe(2);
      const runs = (rows: { runs: number }[]): number => rows.reduce((sum, row) => sum + row.runs, 0);
      expect(runs(await days()) - runs(rolledUp)).toBe(2);
      expect((await days()).reduce((sum, row) => sum + Number(row.samples), 0)).toBe(
        rolledUp.reduce((sum, row) => sum + Number(row.samples), 0) + 40 + 36,
      );
      // A second look changes nothing.
      const before = await dump();
      const again = await readStream(db, runStream(runId));
      await db.$transaction((tx) => foldAll(tx, again));
      expect(await dump()).toEqual(before);
    }

    it('damaged is shown as failed, and the read model goes on', async () => {
      const { runIds } = await queued(2);
      const [damaged = '', sound = ''] = runIds;
      await startAttempt(db, damaged, 1);
      const data = { probe: 'pf', cpu: 0, samples: faults, interrupted: 0, firstSeq: 0, lastSeq: 39 } as const;
      const range = { rawFrom: 0, rawTo: 1, metrics: ['u2k' as const] };
      const payload = { samples: new Uint8Array([1, 2, 3]), raw: new Uint8Array() };
      await tellRun(db, damaged, { type: 'record', attempt: 1, data: { ...data, ...range } }, { payload });
      await expectFailed(damaged, sound, { code: 'samples-unreadable' });
    });

    it.each<[string, [first: number, count: number][], RegExp]>([
      ['repeated across batches', [[0, 20], [19, 20]], /1 samples .* second time, the first with seq 19/], // prettier-ignore
      ['of faults that it did not have', [[0, 20], [21, 20]], /1 samples .* none of its 40 faults, .* seq 40/], // prettier-ignore
    ])('%s is shown as failed, and the read model goes on', async (_, batches, message) => {
      const { jobId, runIds } = await queued(2);
      const [inconsistent = '', sound = ''] = runIds;
      await startAttempt(db, inconsistent, 1);
      for (const [firstSeq, count] of batches) {
        await recordSamples(db, inconsistent, 1, samplesFrom(300, count, firstSeq));
      }
      const failure = { code: 'samples-inconsistent', message: expect.stringMatching(message) as unknown };
      await expectFailed(inconsistent, sound, failure);
      const stored = await db.sampleBatch.count({ where: { runId: inconsistent } });
      expect(stored).toBe(batches.length);
      expect(await jobResults(db, jobId)).toMatchObject({ failures: [{ failure: { code: 'samples-inconsistent' } }] });
    });

    it('fewer in the batch than its event says is shown as failed, and the read model goes on', async () => {
      const { runIds } = await queued(2);
      const [inconsistent = '', sound = ''] = runIds;
      await startAttempt(db, inconsistent, 1);
      const { columns, ...rest } = samplesFrom(300, faults - 1);
      const data = { probe: 'pf', cpu: rest.cpu, samples: faults, interrupted: 1, firstSeq: 0, lastSeq: 39 } as const;
      const payload = { samples: encodeSamples({ ...rest, columns }), raw: new Uint8Array() };
      const range = { rawFrom: 0, rawTo: 1, metrics: ['u2k' as const, 'k2u' as const] };
      await tellRun(db, inconsistent, { type: 'record', attempt: 1, data: { ...data, ...range } }, { payload });
      await expectFailed(inconsistent, sound, {
        code: 'samples-inconsistent',
        message: expect.stringMatching(/hold 39 samples, its account says 40/) as unknown,
      });
    });
  });

  it('is not changed by events that it has seen already', async () => {
    const { runIds } = await queued();
    const runId = first(runIds);
    await measure(db, runId, 1, { faults });
    await catchUp();
    const before = await dump();
    const again = await readStream(db, runStream(runId));
    await db.$transaction((tx) => foldAll(tx, again));
    expect(await dump()).toEqual(before);
  });

  it('leaves neither rows nor a moved checkpoint when a pass fails half-way', async () => {
    await catchUp();
    const before = [await dump(), await db.checkpoint.findMany()];
    await queued();
    const failing = new Subscription({
      db,
      name: checkpointOf(operational),
      onError,
      handle: async (tx, events) => {
        await operational.fold(tx, events);
        throw new Error('the connection broke');
      },
    });
    // Other databases of the cluster may hold the feed's horizon back for a while; until then a pass finds nothing.
    const untilItFinds = async (): Promise<never> => {
      for (;;) await failing.advance();
    };
    await expect(untilItFinds()).rejects.toThrow('the connection broke');
    expect([await dump(), await db.checkpoint.findMany()]).toEqual(before);
  });
});

describe('a rebuild', () => {
  let shared: [FreshDatabase, PrismaClient];
  beforeAll(async () => {
    shared = [database, db];
    database = await freshDatabase();
    db = createPrisma(database.coordinatorUrl);
  });
  afterAll(async () => {
    await db.$disconnect();
    await database.drop();
    [database, db] = shared;
  });
  afterEach(async () => {
    await db.workerPresence.deleteMany();
  });

  it('gives the same tables, and leaves presence alone', async () => {
    await registerHost(db, host);
    await registerHost(db, other);
    const { jobId, runIds } = await queued(3, [host, other]);
    await catchUp();
    const [a = '', b = '', c = ''] = runIds;
    await measure(db, a, 1, { faults });
    await catchUp();
    await startAttempt(db, b, 1);
    await tellRun(db, b, { type: 'expire', attempt: 1, cancelled: false });
    await measure(db, b, 2, { faults, base: 500 });
    await startAttempt(db, c, 1);
    const failure = { code: 'timeout', message: 'took too long', remedy: 'raise timeoutMs' };
    await tellRun(db, c, { type: 'fail', attempt: 1, failure, parserVersion: 2 });
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    for (const runId of runIds.slice(3)) await tellRun(db, runId, { type: 'cancel', runId });
    await tellJob(db, jobId, { type: 'complete', runs: { completed: 2, failed: 1, abandoned: 3 } });
    await catchUp();
    const { tally } = await db.job.findUniqueOrThrow({ where: { jobId } });
    expect(tally).toMatchObject([
      { state: 'abandoned', runs: 3, samples: 0 },
      { state: 'completed', runs: 2, samples: 2 * faults },
      { state: 'failed', runs: 1 },
    ]);
    await db.workerPresence.create({ data: { hostId: 'h1', workerId: 'w1', contractVersion, seenAt: new Date() } });
    const before = await dump();
    await rebuild(db, database.coordinatorUrl);
    expect(await dump()).toEqual(before);
    expect(await db.workerPresence.count()).toBe(1);
  });
});
