import type { RunTicket } from '#contracts';
import { Worker, type IQueueBackend, type Job } from 'bullmq';
import { setTimeout as delay } from 'node:timers/promises';
import type { QueueConnection } from './queue-connection.js';
import { queueName } from './settings.js';
import { readTicket } from './ticket-job.js';

export interface RunLaneOptions {
  connection: QueueConnection;
  hostId: string;
  /**
   * Tries the attempt. Returns when its outcome is in the store, whatever it is; throws when the store can't be
   * reached. Must return soon after `signal` aborts. May get a ticket that was handled before.
   */
  handle: (ticket: RunTicket, signal: AbortSignal) => Promise<void>;
  /** Hears of connection trouble, of unreadable tickets and of what `handle` throws. The lane goes on. */
  onError: (error: Error) => void;
}

type HostWorker = Worker<unknown, void, string, IQueueBackend>;

/** A ticket whose worker died is given out again at most a lock and two checks later: one marks it, one takes it. */
const lockMs = 15_000;
const stalledCheckMs = 10_000;
/** Pause before the next try when the backend failed. */
const retryMs = 500;

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/**
 * The consumer of one host's queue: one ticket at a time, because a host measures one thing at a time.
 * Outlives restarts and flushes of the backend; what was lost comes back by the reconciler.
 */
export class RunLane {
  readonly #options: RunLaneOptions;
  readonly #stop = new AbortController();
  readonly #closing = new AbortController();
  #worker: HostWorker | undefined;
  #running: Promise<void> | undefined;

  constructor(options: RunLaneOptions) {
    this.#options = options;
  }

  /** Begins to take tickets, as soon as the backend answers. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Takes no more tickets and waits `graceMs` for the one at hand; then aborts its signal and waits for `handle`
   * once more as long. After that the connection is dropped and the ticket is left to be found stalled.
   */
  async close({ graceMs }: { graceMs: number }): Promise<void> {
    this.#closing.abort();
    const closed = Promise.all([this.#worker?.close(), this.#running]).then(() => true);
    if (await this.#within(closed, graceMs)) return;
    this.#stop.abort(new Error('the lane is closing'));
    if (await this.#within(closed, graceMs)) return;
    this.#options.onError(new Error(`the lane of ${this.#options.hostId} did not close within ${2 * graceMs} ms`));
    closed.catch(this.#options.onError);
  }

  async #within(closed: Promise<boolean>, ms: number): Promise<boolean> {
    const timer = new AbortController();
    const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
    try {
      return await Promise.race([closed, late]);
    } finally {
      timer.abort();
    }
  }

  /** BullMQ remembers a failed first connection for ever, so a worker that can't get ready is made again. */
  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const worker = this.#makeWorker();
      this.#worker = worker;
      try {
        await worker.waitUntilReady();
        await worker.run();
        return;
      } catch (error) {
        this.#options.onError(asError(error));
        await worker.close(true);
        await delay(retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  #makeWorker(): HostWorker {
    const { connection, hostId, onError } = this.#options;
    const worker: HostWorker = new Worker(
      queueName(hostId),
      (job: Job<unknown, void>) => this.#take(job),
      {
        connection: connection.options,
        autorun: false,
        concurrency: 1,
        lockDuration: lockMs,
        stalledInterval: stalledCheckMs,
        runRetryDelay: retryMs,
      },
      connection.factory,
    );
    worker.on('error', onError);
    worker.on('failed', (_job, error) => {
      onError(error);
    });
    return worker;
  }

  async #take(job: Job<unknown, void>): Promise<void> {
    await this.#options.handle(readTicket(job.data), this.#stop.signal);
  }
}
