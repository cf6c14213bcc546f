import { setTimeout as delay } from 'node:timers/promises';
import { type IQueueBackend, Queue, type QueueOptions, type RepeatOptions, Worker } from 'bullmq';
import { closed } from '#connect';
import type { QueueConnection } from './queue-connection.js';

/** Something that is to ring again and again. */
export interface Alarm {
  name: string;
  /** From it `nextAt` tells when it rings next; another one replaces it. */
  plan: string;
}

export interface AlarmsOptions {
  /** Opened for `lanes`, since it waits for what rings. */
  connection: QueueConnection;
  /** When an alarm rings next after a moment, ms since 1970; undefined when never again. */
  nextAt: (plan: string, afterMs: number) => number | undefined;
  /** One rings. What it throws is reported; it may ring twice, and not at all while the backend is away. */
  rung: (name: string) => Promise<void>;
  onError: (error: Error) => void;
}

const queue = 'schedules';
/** One that should have rung so long ago is set again: its backend lost what would have rung. */
const overdueMs = 10_000;
/** A backend that does not answer for so long is away. */
const answerMs = 1_000;

/**
 * Alarms as BullMQ's job schedulers, shared by all processes: one of them hears each. Whoever relies on them looks by itself now and then
 * as well, because a backend that was lost has none until `keep` is called again.
 */
export class Alarms {
  readonly #queue: Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;
  readonly #worker: Worker<unknown, unknown, string, IQueueBackend>;
  readonly #connection: QueueConnection;
  readonly #onError: (error: Error) => void;

  constructor({ connection, nextAt, rung, onError }: AlarmsOptions) {
    this.#connection = connection;
    this.#onError = onError;
    const options = {
      connection: connection.options,
      settings: { repeatStrategy: (afterMs: number, { pattern = '' }: RepeatOptions) => nextAt(pattern, afterMs) },
    } as QueueOptions;
    this.#queue = new Queue(queue, options, connection.factory);
    this.#worker = new Worker(queue, ({ name }) => rung(name), options, connection.factory);
    this.#queue.on('error', onError);
    this.#worker.on('error', onError);
    this.#worker.on('failed', (_, error) => onError(error));
  }

  /** Makes these the alarms that there are. @returns how many were set or taken away */
  async keep(alarms: readonly Alarm[]): Promise<number> {
    const known = await this.#queue.getJobSchedulers(0, -1);
    const since = Date.now() - overdueMs;
    const set = new Map(known.map(({ key, pattern, next = 0 }) => [key, next < since ? undefined : pattern]));
    const wanted = new Set(alarms.map(({ name }) => name));
    const others = alarms.filter(({ name, plan }) => set.get(name) !== plan);
    const gone = [...set.keys()].filter((name) => !wanted.has(name));
    for (const { name, plan } of others)
      await this.#queue.upsertJobScheduler(
        name,
        { pattern: plan },
        { name, opts: { removeOnComplete: true, removeOnFail: true } },
      );
    for (const name of gone) await this.#queue.removeJobScheduler(name);
    return others.length + gone.length;
  }

  /**
   * Waits for what is ringing, unless the backend is away: nothing would ever say that it has rung. Leaves the connection open: it belongs
   * to who opened it.
   */
  async close(): Promise<void> {
    const limit = new AbortController();
    const isThere = await Promise.race([
      this.#connection.ping().then(
        () => true,
        () => false,
      ),
      delay(answerMs, false, { signal: limit.signal }).catch(() => false),
    ]);
    limit.abort();
    await closed(this.#worker.close(!isThere)).catch(this.#onError);
    await closed(this.#queue.close()).catch(this.#onError);
  }
}
