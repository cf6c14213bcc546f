import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { limits, runStream, type JobSpecInput, type RunTicket } from '#contracts';
import { append, createPrisma, readStream, WrongExpectedVersionError, type PrismaClient } from '#event-store';
import { Refused } from '#lifecycle';
import { openQueue, RunLane, RunQueue, type QueueConnection } from '#queue';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../../../../test/queue/queue-under-test.js';
import {
  causeOf,
  measure,
  recordSamples,
  runNow,
  samplesFrom,
  simulatedHost,
  startAttempt,
  submitJob,
  tellJob,
  tellRun,
} from '../../../../test/fleet/story.js';
import { readModelSubscription } from '../projections/read-model.js';
import { Reconciler, type ReconcilerOptions } from './reconciler.js';

jest.setTimeout(60_000);

const hosts = [simulatedHost('h1'), simulatedHost('h2')];
const faults = 20;
const oneHour = 3_600_000;

let database: FreshDatabase;
let backend: QueueUnderTest;
let db: PrismaClient;
let producing: QueueConnection;
let consuming: QueueConnection;
let queue: RunQueue;
let errors: unknown[];
let stops: (() => Promise<void>)[];

beforeAll(async () => {
  database = await freshDatabase();
  backend = await queueUnderTest(database);
  db = createPrisma(database.coordinatorUrl, { poolSize: 10 });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
beforeEach(() => {
  errors = [];
  stops = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  producing = openQueue({ url: backend.coordinatorUrl, onError }, 'producer');
  consuming = openQueue({ url: backend.workerUrl, onError }, 'lanes');
  queue = new RunQueue(producing, onError);
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await queue.close();
  await Promise.all([producing.close(), consuming.close()]);
  await backend.wipe();
  await forgetJobs();
});

/** So that no test finds another's unfinished jobs: their events stay, but the read model is past them. */
async function forgetJobs(): Promise<void> {
  await catchUp();
  await db.$transaction([db.job.deleteMany(), db.run.deleteMany(), db.runLease.deleteMany()]);
}

/** Options under which nothing waits long, and leases never run out. */
function reconcilerWith(changed: Partial<ReconcilerOptions> = {}): Reconciler {
  const quick = { idleMs: 20, putBackEveryMs: 50, leaseMs: oneHour };
  return new Reconciler({ db, queue, onError: (error) => errors.push(error), ...quick, ...changed });
}

/** A coordinator's background work: read model and reconciler. */
function startCoordinator(changed: Partial<ReconcilerOptions> = {}): void {
  const reconciler = reconcilerWith(changed);
  const subscription = readModelSubscription({
    db,
    onAdvance: () => {
      reconciler.wake();
    },
    onError: (error) => errors.push(error),
  });
  subscription.start();
  reconciler.start();
  stops.push(async () => {
    await reconciler.stop();
    await subscription.stop();
  });
}

/** Brings the read model up to the store, without a reconciler. */
async function catchUp(): Promise<void> {
  const subscription = readModelSubscription({ db, onError: (error) => errors.push(error) });
  while ((await subscription.lag()).events > 0) await subscription.advance();
}

async function measureOnce({ runId, attempt }: RunTicket): Promise<void> {
  try {
    await measure(db, runId, attempt, { faults });
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof WrongExpectedVersionError)) throw error;
  }
}

/** Measures under a lease that holds, beside a reconciler whose leases otherwise run out at once. */
async function measureLeased(ticket: RunTicket): Promise<void> {
  const { runId, attempt } = ticket;
  const { run } = await runNow(db, runId);
  if (run.state !== 'queued' || run.sheet.attempt !== attempt) return;
  const lease = { attempt, workerId: 'w1', expiresAt: new Date(Date.now() + oneHour) };
  await db.runLease.upsert({ where: { runId }, create: { runId, ...lease }, update: lease });
  await measureOnce(ticket);
}

/** A worker that serves these hosts, measuring at once unless told otherwise. */
function startWorker(handle: (ticket: RunTicket) => Promise<void> = measureOnce, served = hosts): void {
  for (const { hostId } of served) {
    const lane = new RunLane({ connection: consuming, hostId, handle, onError: (error) => errors.push(error) });
    lane.start();
    stops.push(() => lane.close({ graceMs: 5_000 }));
  }
}

const submit = (input: Partial<Omit<JobSpecInput, 'hosts' | 'selector'>> = {}, on = hosts) =>
  submitJob(db, on, { faults, runsPerHost: 5, ...input });

/** Asks again until it holds; Jest's own timeout ends it. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function jobEnded(jobId: string): Promise<string | null> {
  await eventually(async () => (await db.job.findUnique({ where: { jobId } }))?.state === 'ended');
  return (await db.job.findUniqueOrThrow({ where: { jobId } })).outcome;
}

const statesOf = async (jobId: string): Promise<string[]> =>
  (await db.run.findMany({ where: { jobId }, orderBy: { planIndex: 'asc' } })).map((run) => run.state);

/** Types of all events of a run, in order. */
const story = async (runId: string): Promise<string[]> =>
  (await readStream(db, runStream(runId))).map((event) => event.type);

const wholeStory = ['RunQueued', 'RunStarted', 'CrossingSamplesRecorded', 'RunCompleted'];

async function expectEachOnce(plan: readonly { runId: string }[]): Promise<void> {
  for (const { runId } of plan) expect(await story(runId)).toEqual(wholeStory);
  const measured = await db.runResult.count({ where: { runId: { in: plan.map((run) => run.runId) } } });
  expect(measured).toBe(2 * plan.length);
}

describe('a job', () => {
  it('goes through: every run once, in one attempt, and the job ends', async () => {
    startCoordinator();
    startWorker();
    const { jobId, plan } = await submit();
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
    expect(await queue.counts('h1')).toMatchObject({ waiting: 0 });
    expect(errors).toEqual([]);
  });

  it('is carried on with its own correlation id, each event with its cause', async () => {
    startCoordinator();
    startWorker();
    const { jobId, plan } = await submit({ runsPerHost: 1 });
    await jobEnded(jobId);
    const [submitted, completed] = await readStream(db, `job-${jobId}`);
    const [queued] = await readStream(db, runStream(plan[0]?.runId ?? ''));
    expect(queued?.meta).toMatchObject({
      actor: 'coordinator:reconciler',
      correlationId: submitted?.meta.correlationId,
      causationId: submitted?.meta.eventId,
    });
    expect(completed).toMatchObject({ type: 'JobCompleted', meta: { causationId: submitted?.meta.eventId } });
  });

  it('of more runs than one pass takes up goes through too', async () => {
    startCoordinator({ batchSize: 3 });
    startWorker();
    const { jobId, plan } = await submit({ runsPerHost: 8 });
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
  });
});

describe('after a crash', () => {
  const crash = (): never => {
    throw new Error('the process died here');
  };
  const deadly: [string, Partial<ReconcilerOptions>][] = [
    ['before an append', { append: () => Promise.reject(new Error('the process died here')) }],
    ['right after an append', { append: (...args) => append(...args).then(crash) }],
    [
      'before a put',
      { queue: { putAll: crash, counts: (host) => queue.counts(host), remove: (ticket) => queue.remove(ticket) } },
    ],
    [
      'right after a put',
      {
        queue: {
          putAll: (tickets) => queue.putAll(tickets).then(crash),
          counts: (host) => queue.counts(host),
          remove: (ticket) => queue.remove(ticket),
        },
      },
    ],
  ];

  it.each(deadly)('%s of queueing, the next coordinator completes the job', async (_, fault) => {
    const { jobId, plan } = await submit();
    await catchUp();
    await reconcilerWith(fault).pass();
    expect(errors).toEqual([new Error('the process died here')]);
    startCoordinator();
    startWorker();
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
  });

  it.each(deadly)('%s of giving an attempt up, the next coordinator completes the run', async (_, fault) => {
    const { jobId, plan } = await submit({ runsPerHost: 1 }, hosts.slice(0, 1));
    const runId = plan[0]?.runId ?? '';
    await catchUp();
    await reconcilerWith().pass();
    await startAttempt(db, runId, 1);
    await catchUp();
    await reconcilerWith({ leaseMs: 0, ...fault }).pass();
    expect(errors).toContainEqual(new Error('the process died here'));
    startCoordinator({ leaseMs: 10 });
    startWorker(measureLeased);
    expect(await jobEnded(jobId)).toBe('completed');
    expect(await story(runId)).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', ...wholeStory]);
  });

  it.each(deadly.slice(0, 2))('%s of ending the job, the next coordinator ends it once', async (_, fault) => {
    const { jobId, plan } = await submit({ runsPerHost: 1 });
    await catchUp();
    await reconcilerWith().pass();
    for (const { runId } of plan) await measure(db, runId, 1, { faults });
    await catchUp();
    await reconcilerWith(fault).pass();
    expect(errors).toEqual([new Error('the process died here')]);
    startCoordinator();
    expect(await jobEnded(jobId)).toBe('completed');
    expect((await readStream(db, `job-${jobId}`)).map(({ type }) => type)).toEqual(['JobSubmitted', 'JobCompleted']);
  });

  it.each(deadly.slice(0, 2))('%s of cancelling, the next coordinator ends the runs', async (_, fault) => {
    const { jobId } = await submit();
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    await catchUp();
    await reconcilerWith(fault).pass();
    startCoordinator();
    expect(await jobEnded(jobId)).toBe('cancelled');
    expect(new Set(await statesOf(jobId))).toEqual(new Set(['abandoned']));
  });

  it('of worker and coordinator together, with the queue gone, every run completes exactly once', async () => {
    const { jobId, plan } = await submit();
    await catchUp();
    await reconcilerWith().pass();
    await measure(db, plan[0]?.runId ?? '', 1, { faults });
    await backend.wipe();
    startCoordinator();
    startWorker();
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
  });
});

describe('a queue', () => {
  it('that loses everything in the middle of a job gets it back: every run completes exactly once', async () => {
    let measured = 0;
    startCoordinator();
    startWorker(async (ticket) => {
      measured += 1;
      if (measured === 4) await backend.wipe();
      await measureOnce(ticket);
    });
    const { jobId, plan } = await submit({ runsPerHost: 10 });
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
  });

  it('that can not be reached holds nothing else up, and gets its tickets when it is back', async () => {
    const { jobId, plan } = await submit({ runsPerHost: 1 });
    const { jobId: finished, plan: done } = await submit({ runsPerHost: 1 });
    await catchUp();
    await reconcilerWith().pass();
    for (const { runId } of done) await measure(db, runId, 1, { faults });
    await backend.wipe();
    await catchUp();
    const away = (): Promise<never> => Promise.reject(new Error('the queue is away'));
    const report = await reconcilerWith({ queue: { putAll: away, counts: away, remove: away } }).pass();
    expect(report).toMatchObject({ ended: 1 });
    expect(errors).toEqual([new Error('the queue is away')]);
    startCoordinator();
    startWorker();
    expect(await jobEnded(finished)).toBe('completed');
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
  });

  it('that has all its tickets is not put more', async () => {
    await submit();
    await catchUp();
    const reconciler = reconcilerWith({ putBackEveryMs: 0 });
    expect(await reconciler.pass()).toMatchObject({ queued: 10, putBack: 0 });
    await catchUp();
    expect(await reconciler.pass()).toMatchObject({ queued: 0, putBack: 0 });
    expect(await queue.counts('h1')).toEqual({ waiting: 5, active: 0 });
    await backend.wipe();
    expect(await reconciler.pass()).toMatchObject({ putBack: 10 });
    expect(await queue.counts('h1')).toEqual({ waiting: 5, active: 0 });
  });
});

describe('an attempt', () => {
  /** A run whose first attempt was started by a worker that then fell silent. */
  async function silentRun() {
    const { jobId, plan } = await submit({ runsPerHost: 1 }, hosts.slice(0, 1));
    const runId = plan[0]?.runId ?? '';
    await catchUp();
    await reconcilerWith().pass();
    await startAttempt(db, runId, 1);
    await recordSamples(db, runId, 1, samplesFrom(9_000, 5));
    await catchUp();
    await backend.wipe();
    return { jobId, runId };
  }

  it('whose lease ran out is followed by the next, and what it brings late changes nothing', async () => {
    const { jobId, runId } = await silentRun();
    const known = (await readStream(db, runStream(runId))).length;
    startCoordinator({ leaseMs: 10 });
    startWorker(measureLeased);
    expect(await jobEnded(jobId)).toBe('completed');
    const before = [await story(runId), await db.runResult.findMany({ where: { runId } })];
    await expect(recordSamples(db, runId, 1, samplesFrom(9_000, 5))).rejects.toMatchObject({ code: 'stale-attempt' });
    const late = {
      type: 'RunFailed',
      data: { runId, attempt: 1, failure: { code: 'late', message: '', remedy: '' } },
    } as const;
    await expect(append(db, runStream(runId), known, [{ event: late }], causeOf('worker:w1'))).rejects.toThrow(
      WrongExpectedVersionError,
    );
    await catchUp();
    expect([await story(runId), await db.runResult.findMany({ where: { runId } })]).toEqual(before);
    const u2k = await db.runResult.findUnique({ where: { runId_metric: { runId, metric: 'u2k' } } });
    expect(u2k).toMatchObject({ samples: BigInt(faults), minCycles: 300 });
  });

  it('keeps its run while heartbeats renew its lease', async () => {
    const { runId } = await silentRun();
    const expiresAt = new Date(Date.now() + oneHour);
    await db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt } });
    expect(await reconcilerWith({ leaseMs: 0 }).pass()).toMatchObject({ expired: 0 });
    await db.runLease.update({ where: { runId }, data: { expiresAt: new Date(0) } });
    expect(await reconcilerWith({ leaseMs: 0 }).pass()).toMatchObject({ expired: 1 });
  });

  it('is not saved by the lease of an earlier one', async () => {
    const { runId } = await silentRun();
    await tellRun(db, runId, { type: 'expire', attempt: 1, cancelled: false });
    await startAttempt(db, runId, 2);
    await catchUp();
    const expiresAt = new Date(Date.now() + oneHour);
    await db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt } });
    expect(await reconcilerWith({ leaseMs: 0 }).pass()).toMatchObject({ expired: 1 });
  });

  it('is not given up sooner than one lease after the coordinator began to listen', async () => {
    const { runId } = await silentRun();
    await db.runLease.create({ data: { runId, attempt: 1, workerId: 'w1', expiresAt: new Date(0) } });
    expect(await reconcilerWith({ leaseMs: oneHour }).pass()).toMatchObject({ expired: 0 });
    expect(await story(runId)).not.toContain('RunAbandoned');
  });

  it('that lapses for the last time ends its run, and the job', async () => {
    const { jobId, runId } = await silentRun();
    startCoordinator({ leaseMs: 10 });
    startWorker(({ runId: taken, attempt }) => startAttempt(db, taken, attempt));
    expect(await jobEnded(jobId)).toBe('failed');
    const types = await story(runId);
    expect(types.filter((type) => type === 'RunStarted')).toHaveLength(limits.attemptsPerRun);
    expect(types.at(-1)).toBe('RunAbandoned');
    expect(await db.run.findUnique({ where: { runId } })).toMatchObject({
      state: 'abandoned',
      attempt: limits.attemptsPerRun,
      failure: { code: 'lease-expired' },
    });
    expect(await db.runLease.count({ where: { runId } })).toBe(0);
  });
});

describe('cancelling', () => {
  it('ends planned and queued runs at once, and takes their tickets back', async () => {
    const { jobId } = await submit();
    await catchUp();
    await reconcilerWith({ batchSize: 4 }).pass();
    await catchUp();
    expect(new Set(await statesOf(jobId))).toEqual(new Set(['planned', 'queued']));
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    startCoordinator();
    expect(await jobEnded(jobId)).toBe('cancelled');
    expect(new Set(await statesOf(jobId))).toEqual(new Set(['abandoned']));
    expect(await queue.counts('h1')).toEqual({ waiting: 0, active: 0 });
  });

  it('leaves a started run to its worker, and ends the job when it is done', async () => {
    const { jobId, plan } = await submit({ runsPerHost: 2 }, hosts.slice(0, 1));
    await catchUp();
    await reconcilerWith().pass();
    const started = plan[0]?.runId ?? '';
    await startAttempt(db, started, 1);
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    await catchUp();
    expect(await reconcilerWith().pass()).toMatchObject({ cancelled: 1, ended: 0 });
    await catchUp();
    expect(await reconcilerWith().pass()).toMatchObject({ cancelled: 0, ended: 0 });
    await tellRun(db, started, { type: 'abandon', attempt: 1, reason: 'cancelled' });
    startCoordinator();
    expect(await jobEnded(jobId)).toBe('cancelled');
  });

  it('does not wait for a worker that fell silent, nor try its run again', async () => {
    const { jobId, plan } = await submit({ runsPerHost: 1 }, hosts.slice(0, 1));
    await catchUp();
    await reconcilerWith().pass();
    await startAttempt(db, plan[0]?.runId ?? '', 1);
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    startCoordinator({ leaseMs: 10 });
    expect(await jobEnded(jobId)).toBe('cancelled');
    expect(await story(plan[0]?.runId ?? '')).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned']);
  });

  it('changes nothing of what had completed', async () => {
    const { jobId, plan } = await submit({ runsPerHost: 2 }, hosts.slice(0, 1));
    await catchUp();
    await reconcilerWith().pass();
    await measure(db, plan[0]?.runId ?? '', 1, { faults });
    await tellJob(db, jobId, { type: 'cancel', reason: 'enough' });
    startCoordinator();
    expect(await jobEnded(jobId)).toBe('cancelled');
    expect(await statesOf(jobId)).toEqual(['completed', 'abandoned']);
    const { type, data } = (await readStream(db, `job-${jobId}`)).at(-1) ?? {};
    expect({ type, data }).toMatchObject({ type: 'JobCompleted', data: { runs: { completed: 1, abandoned: 1 } } });
  });
});

describe('two coordinators at once', () => {
  it('do a job together: every run once', async () => {
    startCoordinator();
    startCoordinator();
    startWorker();
    const { jobId, plan } = await submit({ runsPerHost: 10 });
    expect(await jobEnded(jobId)).toBe('completed');
    await expectEachOnce(plan);
    expect((await readStream(db, `job-${jobId}`)).map(({ type }) => type)).toEqual(['JobSubmitted', 'JobCompleted']);
    expect(errors).toEqual([]);
  });

  it('give a silent attempt up once, each on its own read of the same state', async () => {
    const { plan } = await submit({ runsPerHost: 1 });
    await catchUp();
    await reconcilerWith().pass();
    for (const { runId } of plan) await startAttempt(db, runId, 1);
    await catchUp();
    await Promise.all([1, 2, 3].map(() => reconcilerWith({ leaseMs: 0 }).pass()));
    for (const { runId } of plan) {
      expect(await story(runId)).toEqual(['RunQueued', 'RunStarted', 'RunAbandoned', 'RunQueued']);
    }
    expect(await queue.counts('h1')).toMatchObject({ active: 0 });
    expect(errors).toEqual([]);
  });
});
