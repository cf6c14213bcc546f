// A coordinator's background work and a worker, on a database and a queue of a test file's own.
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { runStream, type JobSpecInput, type RunTicket } from '#contracts';
import { createPrisma, readStream, WrongExpectedVersionError, type PrismaClient } from '#event-store';
import { Refused } from '#lifecycle';
import { openQueue, RunLanes, RunQueue, type QueueConnection } from '#queue';
import { operational } from '../../apps/coordinator/src/projections/operational.js';
import { follow } from '../../apps/coordinator/src/read-model/follow.js';
import { Reconciler, type ReconcilerOptions } from '../../apps/coordinator/src/reconcile/reconciler.js';
import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../queue/queue-under-test.js';
import { simulatedHost } from './hosts.js';
import { measure, runNow, submitJob } from './story.js';

export const hosts = [simulatedHost('h1'), simulatedHost('h2')];
export const firstHost = hosts.slice(0, 1);
export const faults = 20;
export const oneHour = 3_600_000;

/** The events of a run that went well at its first attempt. */
export const wholeStory = ['RunQueued', 'RunStarted', 'CrossingSamplesRecorded', 'RunCompleted'];

/**
 * A real coordinator's background work; the worker is played. Made before the first test; `errors`, connections and queue are
 * new for each.
 */
export class FleetUnderTest {
  errors: unknown[] = [];
  readonly onError = (error: unknown): void => {
    this.errors.push(error);
  };
  #stops: (() => Promise<void>)[] = [];
  #producing: QueueConnection;
  #consuming: QueueConnection;
  queue: RunQueue;

  constructor(
    readonly db: PrismaClient,
    readonly backend: QueueUnderTest,
    readonly database: FreshDatabase,
  ) {
    [this.#producing, this.#consuming, this.queue] = this.#connect();
  }

  static async make(): Promise<FleetUnderTest> {
    const database = await freshDatabase();
    const backend = await queueUnderTest(database);
    return new FleetUnderTest(createPrisma(database.coordinatorUrl, { poolSize: 10 }), backend, database);
  }

  /** Stops all that a test started and forgets its jobs, so that no test finds another's unfinished ones. */
  async reset(): Promise<void> {
    await this.#disconnect();
    await this.backend.wipe();
    await this.catchUp();
    // Their events stay, but the read model is past them.
    await this.db.$transaction([this.db.job.deleteMany(), this.db.run.deleteMany(), this.db.runLease.deleteMany()]);
    this.errors = [];
    [this.#producing, this.#consuming, this.queue] = this.#connect();
  }

  async end(): Promise<void> {
    await this.#disconnect();
    await this.db.$disconnect();
    await this.database.drop();
  }

  /** Options under which nothing waits long, and leases never run out. */
  reconciler(changed: Partial<ReconcilerOptions> = {}): Reconciler {
    const { db, queue, onError } = this;
    return new Reconciler({ db, queue, onError, idleMs: 20, putBackEveryMs: 50, leaseMs: oneHour, ...changed });
  }

  /** A coordinator's background work: read model and reconciler. */
  startCoordinator(changed: Partial<ReconcilerOptions> = {}): void {
    const reconciler = this.reconciler(changed);
    const onAdvance = (): void => {
      reconciler.wake();
    };
    const subscription = follow(operational, { db: this.db, onAdvance, onError: this.onError });
    subscription.start();
    reconciler.start();
    this.#stops.push(async () => {
      await reconciler.stop();
      await subscription.stop();
    });
  }

  /** Brings the read model up to the store, without a reconciler. */
  async catchUp(): Promise<void> {
    const subscription = follow(operational, { db: this.db, onError: this.onError });
    while ((await subscription.lag()).events > 0) await subscription.advance();
  }

  /** What a worker does with a ticket: measures, or drops it when it is stale. */
  readonly measureOnce = async ({ runId, attempt }: RunTicket): Promise<void> => {
    try {
      await measure(this.db, runId, attempt, { faults });
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof WrongExpectedVersionError)) throw error;
    }
  };

  /** Measures under a lease that holds, beside a reconciler whose leases otherwise run out at once. */
  readonly measureLeased = async (ticket: RunTicket): Promise<void> => {
    const { runId, attempt } = ticket;
    const { run } = await runNow(this.db, runId);
    if (run.state !== 'queued' || run.request.attempt !== attempt) return;
    const lease = { attempt, workerId: 'w1', expiresAt: new Date(Date.now() + oneHour) };
    await this.db.runLease.upsert({ where: { runId }, create: { runId, ...lease }, update: lease });
    await this.measureOnce(ticket);
  };

  /** A worker that serves the hosts, measuring at once unless told otherwise. */
  startWorker(handle: (ticket: RunTicket) => Promise<void> = this.measureOnce): void {
    const hostIds = hosts.map(({ hostId }) => hostId);
    const lanes = new RunLanes({ connection: this.#consuming, hostIds, handle, onError: this.onError });
    lanes.start();
    this.#stops.push(() => lanes.close({ graceMs: 5_000 }));
  }

  submit(input: Partial<Omit<JobSpecInput, 'hosts' | 'selector'>> = {}, on = hosts) {
    return submitJob(this.db, on, { faults, runsPerHost: 5, ...input });
  }

  /** Waits for the job's end; Jest's own timeout ends the wait. */
  async jobEnded(jobId: string): Promise<string | null> {
    for (;;) {
      const job = await this.db.job.findUnique({ where: { jobId } });
      if (job?.state === 'ended') return job.outcome;
      await turn();
    }
  }

  async statesOf(jobId: string): Promise<string[]> {
    return (await this.db.run.findMany({ where: { jobId }, orderBy: { planIndex: 'asc' } })).map((run) => run.state);
  }

  /** Types of all events of a run, in order. */
  async story(runId: string): Promise<string[]> {
    return (await readStream(this.db, runStream(runId))).map((event) => event.type);
  }

  /** How often each story was told among these runs, and how many results they have. */
  async told(plan: readonly { runId: string }[]): Promise<{ stories: string[][]; results: number }> {
    const stories: string[][] = [];
    for (const { runId } of plan) stories.push(await this.story(runId));
    const results = await this.db.runResult.count({ where: { runId: { in: plan.map((run) => run.runId) } } });
    return { stories, results };
  }

  #connect(): [QueueConnection, QueueConnection, RunQueue] {
    const producing = openQueue({ url: this.backend.coordinatorUrl, onError: this.onError }, 'producer');
    const consuming = openQueue({ url: this.backend.workerUrl, onError: this.onError }, 'lanes');
    return [producing, consuming, new RunQueue(producing, this.onError)];
  }

  async #disconnect(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
    this.#stops = [];
    await this.queue.close();
    await Promise.all([this.#producing.close(), this.#consuming.close()]);
  }
}

/** What `told` says when every run went through exactly once: two metrics a run. */
export const eachOnce = (plan: readonly unknown[]) => ({
  stories: plan.map(() => wholeStory),
  results: 2 * plan.length,
});

/** Makes a fleet for the test file that calls this. Read `.fleet` within tests. */
export function useFleet(): { readonly fleet: FleetUnderTest } {
  let made: FleetUnderTest | undefined;
  beforeAll(async () => {
    made = await FleetUnderTest.make();
  });
  beforeEach(() => {
    if (made) made.errors = [];
  });
  afterEach(() => made?.reset());
  afterAll(() => made?.end());
  return {
    get fleet() {
      if (!made) throw new Error('the fleet is made before the first test');
      return made;
    },
  };
}
