import { describe, expect, it, jest } from '@jest/globals';
import { limits, runStream } from '#contracts';
import { append, appendMany, readStream, WrongExpectedVersionError } from '#event-store';
import { faults, firstHost, oneHour, useFleet } from '../../../../test/fleet/fleet-under-test.js';
import { causeOf, recordSamples, samplesFrom, slipIn, startAttempt, tellRun } from '../../../../test/fleet/story.js';
import { expireLeases } from './expire-leases.js';

jest.setTimeout(60_000);
const here = useFleet();

describe('an attempt', () => {
  /** A run whose first attempt was started by a worker that then fell silent. */
  async function silentRun() {
    const { jobId, plan } = await here.fleet.submit({ runsPerHost: 1 }, firstHost);
    const runId = plan[0]?.runId ?? '';
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await startAttempt(here.fleet.db, runId, 1);
    await recordSamples(here.fleet.db, runId, 1, samplesFrom(9_000, 5));
    await here.fleet.catchUp();
    await here.fleet.backend.wipe();
    return { jobId, runId };
  }

  it('whose lease ran out is followed by the next, and what it brings late changes nothing', async () => {
    const { jobId, runId } = await silentRun();
    const known = (await readStream(here.fleet.db, runStream(runId))).length;
    here.fleet.startCoordinator({ leaseMs: 10 });
    here.fleet.startWorker(here.fleet.measureLeased);
    expect(await here.fleet.jobEnded(jobId)).toBe('completed');
    const before = [await here.fleet.story(runId), await here.fleet.db.runResult.findMany({ where: { runId } })];
    await expect(recordSamples(here.fleet.db, runId, 1, samplesFrom(9_000, 5))).rejects.toMatchObject({
      code: 'stale-attempt',
    });
    const late = {
      type: 'RunFailed',
      data: { runId, attempt: 1, failure: { code: 'late', message: '', remedy: '' }, parserVersion: 2 },
    } as const;
    await expect(
      append(here.fleet.db, runStream(runId), known, [{ event: late }], causeOf('worker:w1')),
    ).rejects.toThrow(WrongExpectedVersionError);
    await here.fleet.catchUp();
    expect([await here.fleet.story(runId), await here.fleet.db.runResult.findMany({ where: { runId } })]).toEqual(
      before,
    );
    const u2k = await here.fleet.db.runResult.findUnique({ where: { runId_metric: { runId, metric: 'u2k' } } });
    expect(u2k).toMatchObject({ samples: BigInt(faults), minCycles: 300 });
  });

  it('keeps its run while heartbeats renew its lease', async () => {
    const { runId } = await silentRun();
    const expiresAt = new Date(Date.now() + oneHour);
    await here.fleet.db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt } });
    expect(await here.fleet.reconciler({ leaseMs: 0 }).pass()).toMatchObject({ expired: 0 });
    await here.fleet.db.runLease.update({ where: { runId }, data: { expiresAt: new Date(0) } });
    expect(await here.fleet.reconciler({ leaseMs: 0 }).pass()).toMatchObject({ expired: 1 });
  });

  it('has its lease from when its start was recorded, however long ago it began', async () => {
    const { plan } = await here.fleet.submit({ runsPerHost: 1 }, firstHost);
    const runId = plan[0]?.runId ?? '';
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    const occurredAt = new Date(Date.now() - 2 * oneHour);
    await startAttempt(here.fleet.db, runId, 1, 'Haswell-EP', {}, { occurredAt });
    await here.fleet.catchUp();
    expect(await here.fleet.db.run.findUnique({ where: { runId } })).toMatchObject({ startedAt: occurredAt });
    const { db, queue } = here.fleet;
    const onError = (error: unknown) => here.fleet.errors.push(error);
    const context = { db, queue, append, appendMany, batchSize: 10, onError };
    const expired = (leaseMs: number) => expireLeases(context, leaseMs, () => Promise.resolve(true));
    expect([await expired(oneHour), await expired(0)]).toEqual([0, 1]);
  });

  it('is not saved by the lease of an earlier one', async () => {
    const { runId } = await silentRun();
    await tellRun(here.fleet.db, runId, { type: 'expire', attempt: 1, cancelled: false });
    await startAttempt(here.fleet.db, runId, 2);
    await here.fleet.catchUp();
    const expiresAt = new Date(Date.now() + oneHour);
    await here.fleet.db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt } });
    expect(await here.fleet.reconciler({ leaseMs: 0 }).pass()).toMatchObject({ expired: 1 });
  });

  it('is not given up sooner than one lease after the coordinator began to listen', async () => {
    const { runId } = await silentRun();
    await here.fleet.db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt: new Date(0) } });
    expect(await here.fleet.reconciler({ leaseMs: oneHour }).pass()).toMatchObject({ expired: 0 });
    expect(await here.fleet.story(runId)).not.toContain('RunAbandoned');
  });

  it('in a stream that deciders can not follow is set aside, and holds up no other', async () => {
    const { plan } = await here.fleet.submit({ runsPerHost: 2 }, firstHost);
    const [broken = '', silent = ''] = plan.map(({ runId }) => runId);
    await here.fleet.catchUp();
    await here.fleet.reconciler().pass();
    await startAttempt(here.fleet.db, broken, 1);
    const [, started] = await readStream(here.fleet.db, runStream(broken));
    await slipIn(here.fleet.db, runStream(broken), 'RunStarted', 2, started?.data ?? {});
    await startAttempt(here.fleet.db, silent, 1);
    await here.fleet.catchUp();
    expect(await here.fleet.reconciler({ leaseMs: 0 }).pass()).toMatchObject({ expired: 1 });
    expect(await here.fleet.db.run.findUnique({ where: { runId: broken } })).toMatchObject({
      state: 'failed',
      failure: { code: 'unreadable' },
    });
    expect(await here.fleet.db.setAsideStream.findMany()).toMatchObject([{ stream: runStream(broken) }]);
    await here.fleet.db.setAsideStream.deleteMany();
  });

  it('is not given up when coordinator or database stood still for longer than its lease', async () => {
    const { runId } = await silentRun();
    let now = 0;
    const reconciler = here.fleet.reconciler({ leaseMs: 10_000, now: () => Promise.resolve(now) });
    const seconds = async (count: number): Promise<number> => {
      let expired = 0;
      for (let second = 0; second < count; second += 1) {
        now += 1_000;
        expired += (await reconciler.pass()).expired;
      }
      return expired;
    };
    await here.fleet.db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt: new Date(0) } });
    expect(await seconds(9)).toBe(0);
    now += 14_000;
    expect(await seconds(9)).toBe(0);
    // It never comes.
    expect(await seconds(3)).toBe(1);
  });

  it('that lapses for the last time ends its run, and the job', async () => {
    const { jobId, runId } = await silentRun();
    here.fleet.startCoordinator({ leaseMs: 10 });
    here.fleet.startWorker(({ runId: taken, attempt }) => startAttempt(here.fleet.db, taken, attempt));
    expect(await here.fleet.jobEnded(jobId)).toBe('failed');
    const types = await here.fleet.story(runId);
    expect(types.filter((type) => type === 'RunStarted')).toHaveLength(limits.attemptsPerRun);
    expect(types.at(-1)).toBe('RunAbandoned');
    expect(await here.fleet.db.run.findUnique({ where: { runId } })).toMatchObject({
      state: 'abandoned',
      attempt: limits.attemptsPerRun,
      failure: { code: 'lease-expired' },
    });
    expect(await here.fleet.db.runLease.count({ where: { runId } })).toBe(0);
  });
});
