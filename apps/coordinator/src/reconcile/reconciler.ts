import { setTimeout as delay } from 'node:timers/promises';
import { append, appendMany, type PrismaClient, restMs, sqlError } from '#event-store';
import { type OnError, seldom } from '#logging';
import { retryStream, setAsideByOthers } from '../projections/retry-stream.js';
import { cancelRuns } from './cancel-runs.js';
import { completeJobs } from './complete-jobs.js';
import { forEachSome, type ReconcileContext } from './context.js';
import { expireLeases } from './expire-leases.js';
import { FullPlaces } from './full-places.js';
import { databaseNow, Listening } from './listening.js';
import { putBackLostTickets } from './put-back-lost-tickets.js';
import { quarantineByRule, type QuarantineLimits } from './quarantine-by-rule.js';
import { queuePlannedRuns } from './queue-planned-runs.js';
import { withholdTickets } from './withhold-tickets.js';

export interface ReconcilerOptions {
  db: PrismaClient;
  queue: ReconcileContext['queue'];
  /** Left out, no host is quarantined without a person. */
  quarantine?: QuarantineLimits;
  /** From one look for hosts to quarantine to the next. */
  quarantineEveryMs?: number;
  /** How long a started attempt may go without a heartbeat. */
  leaseMs: number;
  /** Hears of what failed, of the same reason ever more seldom; the next pass tries it again. */
  onError: OnError;
  /** Called when jobs were ended, which somebody may wait for. */
  onEnded?: () => void;
  append?: ReconcileContext['append'];
  appendMany?: ReconcileContext['appendMany'];
  batchSize?: number;
  /** Sleep between passes while there is something to do; `wake` ends it sooner. */
  idleMs?: number;
  /** While there is nothing each sleep is twice the one before, up to so long: well within a lease. */
  idleMaxMs?: number;
  /** How often the queue is asked whether it still has its tickets, and how old a queued run must be for that. */
  putBackEveryMs?: number;
  /** How often every ticket is looked at without being asked to. */
  putAllEveryMs?: number;
  /** The database's clock, ms; a test puts another in its place. */
  now?: () => Promise<number>;
}

const reasonOf = (error: unknown): string => sqlError(error).message || String(error);

/** What one pass did. */
export interface PassReport {
  expired: number;
  cancelled: number;
  /** Hosts quarantined by a rule. */
  quarantined: number;
  /** Hosts out of service whose tickets were taken back. */
  withheld: number;
  queued: number;
  putBack: number;
  ended: number;
  /** Streams taken up again that another release had set aside. */
  retried: number;
}

/**
 * Brings what is in line with what the store says should be: queues planned runs, puts lost tickets back, gives up
 * silent attempts, ends cancelled runs and finished jobs. The normal path is the recovery path: every step is found
 * from the read model, decided on the stream and stored under ids that repeat, so that a crash at any line, a lost
 * queue or a second coordinator is completed or outvoted by the next pass.
 */
export class Reconciler {
  readonly #options: Required<Omit<ReconcilerOptions, 'now' | 'onEnded'>> & Pick<ReconcilerOptions, 'now' | 'onEnded'>;
  readonly #context: ReconcileContext;
  readonly #stopping = new AbortController();
  readonly #listening: Listening;
  readonly #full = new FullPlaces();
  #lastPutBack = -Infinity;
  #lastPutAll = -Infinity;
  #lastQuarantine = -Infinity;
  /** Stream and version of what was tried again. */
  readonly #retried = new Set<string>();
  #woken = false;
  #sleep = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ReconcilerOptions) {
    const cadence = {
      idleMs: 1_000,
      idleMaxMs: 4_000,
      putBackEveryMs: 5_000,
      putAllEveryMs: 60_000,
      quarantineEveryMs: 60_000,
    };
    const defaults = {
      quarantine: { failures: null, noise: false },
      append,
      appendMany,
      batchSize: 500,
      ...cadence,
    };
    this.#options = { ...defaults, ...options };
    this.#context = { ...this.#options, onError: seldom(this.#options.onError, reasonOf) };
    const { db, leaseMs, now } = this.#options;
    this.#listening = new Listening(now ?? (() => databaseNow(db)), leaseMs);
  }

  start(): void {
    this.#running ??= Promise.all([this.#run(), this.#keepTickets(), this.#listen()]).then(() => undefined);
  }

  /** Tells that the read model has moved on. */
  wake(): void {
    this.#woken = true;
    this.#sleep.abort();
  }

  /** Ends after the pass under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#sleep.abort();
    await this.#running;
  }

  /** Every step once, for who does not `start` it. */
  async pass(): Promise<PassReport> {
    const decided = await this.#decide();
    return { ...decided, putBack: await this.#step(() => this.#putBack()) };
  }

  /** Every step but that of lost tickets. One that fails is reported and does not keep the others from their work. */
  async #decide(): Promise<Omit<PassReport, 'putBack'>> {
    const { leaseMs, onEnded } = this.#options;
    const report = {
      expired: await this.#step(() => expireLeases(this.#context, leaseMs, () => this.#listening.longEnough())),
      cancelled: await this.#step(() => cancelRuns(this.#context)),
      withheld: await this.#step(() => withholdTickets(this.#context, false)),
      queued: await this.#step(() => queuePlannedRuns(this.#context, this.#full)),
      ended: await this.#step(() => completeJobs(this.#context)),
      quarantined: await this.#step(() => this.#quarantine()),
      retried: await this.#step(() => this.#retrySetAside()),
    };
    if (report.ended > 0) onEnded?.();
    return report;
  }

  async #step(step: () => Promise<number>): Promise<number> {
    try {
      return await step();
    } catch (error) {
      this.#context.onError(error);
      return 0;
    }
  }

  /** At the first pass all, because the queue may have been lost or a put been cut short while nobody looked. */
  async #putBack(): Promise<number> {
    const { putBackEveryMs, putAllEveryMs } = this.#options;
    const now = performance.now();
    const all = now - this.#lastPutAll >= putAllEveryMs;
    if (!all && now - this.#lastPutBack < putBackEveryMs) return 0;
    const put = await putBackLostTickets(this.#context, { graceMs: putBackEveryMs, all });
    if (all) await withholdTickets(this.#context, true);
    // Only now: after a failure the next pass tries again.
    this.#lastPutBack = now;
    if (all) this.#lastPutAll = now;
    return put;
  }

  async #quarantine(): Promise<number> {
    const now = performance.now();
    if (now - this.#lastQuarantine < this.#options.quarantineEveryMs) return 0;
    this.#lastQuarantine = now;
    return quarantineByRule(this.#context, this.#options.quarantine);
  }

  /** What another release could not fold, this one may. Once each: two releases side by side must not take turns. */
  async #retrySetAside(): Promise<number> {
    let retried = 0;
    const { db, batchSize } = this.#context;
    const aside = await setAsideByOthers(db, batchSize);
    await forEachSome(
      this.#context,
      aside,
      ({ stream }) => stream,
      async ({ stream, version }) => {
        const place = `${stream}@${version}`;
        if (this.#retried.has(place) || this.#stopping.signal.aborted) return;
        await retryStream(db, stream);
        this.#retried.add(place);
        retried += 1;
      },
    );
    return retried;
  }

  async #run(): Promise<void> {
    const { idleMs, idleMaxMs } = this.#options;
    let restMs = idleMs;
    while (!this.#stopping.signal.aborted) {
      const woken = this.#woken;
      this.#woken = false;
      const { queued, cancelled, expired, ended, retried } = await this.#decide();
      restMs = woken || queued + cancelled + expired + ended + retried > 0 ? idleMs : Math.min(2 * restMs, idleMaxMs);
      // There is more of what filled a batch.
      if (Math.max(queued, cancelled, expired) < this.#context.batchSize) await this.#rest(restMs);
    }
  }

  /**
   * Beside the passes: while a queue that lost everything gets it back, runs are queued and jobs end. Counting the open runs of
   * 10,000 hosts takes 0.2 s, so that it is followed by a rest of twenty times as long, up to 10 s.
   */
  async #keepTickets(): Promise<void> {
    const { idleMs, putBackEveryMs } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const beganAtMs = performance.now();
      await this.#step(() => this.#putBack());
      const pace = { paceMs: Math.min(idleMs, putBackEveryMs), restsPerPass: 20 };
      await this.#pause(restMs(pace, performance.now() - beganAtMs));
    }
  }

  /** Beside the passes, which may take long. */
  async #listen(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // What fails here fails in the passes too, and they tell of it; the time until it works again is not counted.
      await this.#listening.look().catch(() => undefined);
      await this.#pause(this.#listening.lookEveryMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #rest(ms: number): Promise<void> {
    if (this.#woken || this.#stopping.signal.aborted) return;
    this.#sleep = new AbortController();
    await delay(ms, undefined, { signal: this.#sleep.signal }).catch(() => undefined);
  }
}
