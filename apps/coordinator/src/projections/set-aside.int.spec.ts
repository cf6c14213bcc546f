import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runStream } from '#contracts';
import { createPrisma, readStream, type PrismaClient } from '#event-store';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp as catchUpAll, dumpReadModel, rebuild } from '../../../../test/fleet/read-model.js';
import {
  measure,
  recordSamples,
  samplesFrom,
  slipIn as slip,
  startAttempt,
  tellJob,
  queueRuns,
} from '../../../../test/fleet/story.js';
import { retryStream, setAsideByOthers } from './retry-stream.js';

jest.setTimeout(60_000);

const host = simulatedHost('h1');
const faults = 40;
let database: FreshDatabase;
let db: PrismaClient;
let admin: PrismaClient;

beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
  admin = createPrisma(database.adminUrl);
});
afterAll(async () => {
  await Promise.all([db.$disconnect(), admin.$disconnect()]);
  await database.drop();
});

const catchUp = (): Promise<void> => catchUpAll(db, database.coordinatorUrl);

const queuedRuns = (count: number) => queueRuns(db, [host], { faults, runsPerHost: count });

const slipIn = (...[stream, type, schemaVersion, data]: [string, string, number, object]) =>
  slip(db, stream, type, schemaVersion, data);

const completed = (runId: string) => ({
  ...{ runId, attempt: 1, faults, samples: faults, lost: 0, rejected: 0, damagedLines: 0, batches: 1, rawBytes: 3 },
  ...{ overheadCycles: 20, durationMs: 1 },
});

/** What a login of the database, or a later release, may put into the stream of a run that is measured just now. */
const poisons: [string, (stream: string, runId: string) => Promise<void>, RegExp][] = [
  ['data out of a range of the schema', (stream, runId) =>
    slipIn(stream, 'RunCompleted', 1, { ...completed(runId), overheadCycles: 3e9 }), /overheadCycles/],
  ['an unknown type', (stream, runId) => slipIn(stream, 'RunPaused', 1, { runId, attempt: 1 }), /"RunPaused" is not known/],
  ['a version that is newer', (stream, runId) => slipIn(stream, 'RunCompleted', 9, completed(runId)), /version 9 is newer/],
  ['no data', (stream) => slipIn(stream, 'RunCompleted', 1, []), /expected object/],
  ['data that no column takes', (stream, runId) =>
    slipIn(stream, 'RunCompleted', 1, { ...completed(runId), overheadCycles: 4711 }), /narrow/],
]; // prettier-ignore

describe('a stream that can not be folded', () => {
  beforeEach(async () => {
    // As where schema and column have drifted apart.
    await admin.$executeRawUnsafe('ALTER TABLE runs DROP CONSTRAINT IF EXISTS narrow');
    await db.run.deleteMany();
    await admin.$executeRawUnsafe('ALTER TABLE runs ADD CONSTRAINT narrow CHECK (overhead_cycles <> 4711)');
    await rebuild(db, database.coordinatorUrl);
  });

  async function poisoned(poison: (typeof poisons)[number][1]) {
    const { jobId, runIds } = await queuedRuns(3);
    const [before = '', bad = '', behind = ''] = runIds;
    await measure(db, before, 1, { faults });
    await startAttempt(db, bad, 1);
    await recordSamples(db, bad, 1, samplesFrom(300, faults));
    await poison(runStream(bad), bad);
    await measure(db, behind, 1, { faults });
    return { jobId, before, bad, behind };
  }

  it.each(poisons)('for %s is set aside, with the reason, and all else goes on', async (_, poison, reason) => {
    const { before, bad, behind } = await poisoned(poison);
    await catchUp();
    expect(await db.setAsideStream.findMany({ where: { stream: runStream(bad) } })).toMatchObject([
      { version: 4, reason: expect.stringMatching(reason) as unknown },
    ]);
    const unreadable = { code: 'unreadable', message: expect.stringMatching(reason) as unknown };
    const nothing = { samples: 0n, lost: 0n, rejected: 0n, overheadCycles: null };
    expect(await db.run.findUnique({ where: { runId: bad } })).toMatchObject({
      ...nothing, state: 'failed', failure: unreadable, attempt: 1,
    }); // prettier-ignore
    for (const runId of [before, behind]) {
      expect(await db.run.findUnique({ where: { runId } })).toMatchObject({ state: 'completed', samples: 40n });
      expect(await db.runResult.count({ where: { runId } })).toBe(2);
    }
    // Later events of the stream are passed by too.
    await slipIn(runStream(bad), 'KernelLogGapObserved', 1, {
      ...{
        runId: bad,
        attempt: 1,
        reason: 'record-gap',
        detail: '',
        lostRecords: 1,
        lostSamples: 1,
        rawFrom: 0,
        rawTo: 1,
      },
    });
    await catchUp();
    expect(await db.runGap.count({ where: { runId: bad } })).toBe(0);
  });

  it('is set aside at the same event by a rebuild, and the tables are the same', async () => {
    const jobIds: string[] = [];
    for (const [, poison] of poisons) {
      const { jobId } = await poisoned(poison);
      await catchUp();
      await tellJob(db, jobId, { type: 'complete', runs: { completed: 2, failed: 1, abandoned: 0 } });
      jobIds.push(jobId);
    }
    await catchUp();
    for (const jobId of jobIds) {
      const { tally } = await db.job.findUniqueOrThrow({ where: { jobId } });
      expect(tally).toMatchObject([
        { state: 'completed', runs: 2 },
        { state: 'failed', runs: 1 },
      ]);
    }
    const dump = () => dumpReadModel(db);
    const kept = await dump();
    expect(await db.setAsideStream.count()).toBeGreaterThanOrEqual(poisons.length);
    await rebuild(db, database.coordinatorUrl);
    expect(await dump()).toEqual(kept);
  });

  it('is taken up again, whole, when what was wrong is fixed', async () => {
    const narrow = poisons.at(-1)?.[1];
    if (narrow === undefined) throw new Error('no poison');
    const { bad, behind } = await poisoned(narrow);
    await catchUp();
    const stream = runStream(bad);
    expect(await retryStream(db, stream)).toEqual({ stream, folded: false });
    expect(await db.run.findUnique({ where: { runId: bad } })).toMatchObject({ state: 'failed', streamVersion: 3 });
    await admin.$executeRawUnsafe('ALTER TABLE runs DROP CONSTRAINT narrow');
    expect(await retryStream(db, stream)).toEqual({ stream, folded: true });
    expect(await db.run.findUnique({ where: { runId: bad } })).toMatchObject({
      state: 'completed', samples: 40n, overheadCycles: 4711, failure: null,
    }); // prettier-ignore
    expect(await db.runResult.count({ where: { runId: { in: [bad, behind] } } })).toBe(4);
    expect(await db.setAsideStream.count({ where: { stream } })).toBe(0);
    expect(await retryStream(db, stream)).toBeUndefined();
  });

  it('is due again for a release that did not set it aside itself', async () => {
    const { bad } = await poisoned(poisons[1]?.[1] ?? (() => Promise.resolve()));
    await catchUp();
    const due = async () => (await setAsideByOthers(db, 100)).map(({ stream }) => stream);
    expect(await due()).not.toContain(runStream(bad));
    await db.setAsideStream.update({ where: { stream: runStream(bad) }, data: { release: '0.0.1' } });
    expect(await due()).toContain(runStream(bad));
    await retryStream(db, runStream(bad));
    expect(await due()).not.toContain(runStream(bad));
  });

  it('ends its job when it is a job’s', async () => {
    const { jobId } = await queuedRuns(1);
    await slipIn(`job-${jobId}`, 'JobPaused', 1, {});
    await catchUp();
    expect(await db.job.findUnique({ where: { jobId } })).toMatchObject({ state: 'ended', outcome: 'failed' });
  });

  it('has no tally of a job that is taken up again and has yet to end', async () => {
    const { jobId, runIds } = await queuedRuns(2);
    await catchUp();
    const stream = `job-${jobId}`;
    await db.setAsideStream.create({ data: { stream, version: 2, type: 'JobPaused', reason: '', release: '0.0.1' } });
    await db.job.update({ where: { jobId }, data: { state: 'ended', outcome: 'failed', endedAt: new Date() } });
    await measure(db, runIds[0] ?? '', 1, { faults });
    await catchUp();
    expect(await db.job.findUnique({ where: { jobId } })).toMatchObject({ tally: [{ runs: 1 }, { runs: 1 }] });
    expect(await retryStream(db, stream)).toEqual({ stream, folded: true });
    expect(await db.job.findUnique({ where: { jobId } })).toMatchObject({ state: 'running', tally: null });
  });

  it('with a name that is none of ours is set aside like any other', async () => {
    await slipIn('run-nonsense', 'RunPaused', 1, {});
    await catchUp();
    expect(await db.setAsideStream.count({ where: { stream: 'run-nonsense' } })).toBe(1);
    await expect(readStream(db, 'run-nonsense')).rejects.toThrow('"RunPaused" is not known');
  });
});
