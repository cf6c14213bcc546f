import type { RunTicket } from '#contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { type HeldTicket, HostQueues, lockMs, stalledCheckMs } from './host-queues.js';
import type { QueueConnection } from './queue-connection.js';
import { hostOfQueue, queueName } from './settings.js';
import { traced } from '#tracing';
import { readTicket, ticketStep } from './ticket-job.js';

export interface RunLanesOptions {
  connection: QueueConnection;
  hostIds: readonly string[];
  /**
   * Tries the attempt. Returns when its outcome is in the store, whatever it is; throws when the store can't be
   * reached. Must return soon after `signal` aborts. May get a ticket that was handled before.
   */
  handle: (ticket: RunTicket, signal: AbortSignal) => Promise<void>;
  /** Hears of connection trouble, of unreadable tickets and of what `handle` throws. The lanes go on. */
  onError: (error: Error, hostId?: string) => void;
}

/** Tickets of one process under way at once. */
const slots = 64;
/**
 * A lane that others wait for ends after the ticket with which it has had its slot for so long. Until then a ticket is ended and
 * the next one taken in one statement and one commit, instead of two of each.
 */
const turnMs = 1_000;
/** How often all hosts are looked at whether they have tickets: what the bell tells may be lost. */
const lookMs = 5_000;
/** Pause before the next try when the backend failed. */
const retryMs = 500;

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/**
 * The consumer of the queues of a worker's hosts: a lane a host, with one ticket at a time, because a host measures one
 * thing at a time. A lane costs nothing while its host has no ticket: a put rings a bell that all share, and one look at
 * all hosts makes up for what it did not ring.
 *
 * Outlives restarts and flushes of the backend; what was lost comes back by the reconciler.
 */
export class RunLanes {
  readonly #options: RunLanesOptions;
  readonly #hosts: ReadonlySet<string>;
  readonly #queues: HostQueues;
  readonly #stop = new AbortController();
  /** No more tickets are taken. */
  readonly #closing = new AbortController();
  /** Nor are those at hand kept any more. */
  readonly #leaving = new AbortController();
  /** Hosts that may have a ticket, in the order in which they are served. */
  readonly #due = new Set<string>();
  readonly #serving = new Map<string, Promise<void>>();
  readonly #held = new Set<HeldTicket>();
  #running: Promise<void> | undefined;

  constructor(options: RunLanesOptions) {
    this.#options = options;
    this.#hosts = new Set(options.hostIds);
    this.#queues = new HostQueues(options.connection, options.onError);
  }

  /** Begins to take tickets, as soon as the backend answers. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Takes no more tickets, and returns when those at hand are through or `limitMs` have passed. They are held meanwhile; `close`
   * comes next.
   */
  async drain(limitMs: number): Promise<void> {
    this.#closing.abort();
    await this.#within(
      Promise.all(this.#serving.values()).then(() => true),
      limitMs,
    );
  }

  /**
   * Takes no more tickets and waits `graceMs` for those at hand; then aborts their signal and waits for `handle`
   * once more as long. After that the connection is dropped and the tickets are left to be found stalled.
   */
  async close({ graceMs }: { graceMs: number }): Promise<void> {
    this.#closing.abort();
    this.#leaving.abort();
    const closed = Promise.all([this.#running, ...this.#serving.values()]).then(() => true);
    if (!(await this.#within(closed, graceMs))) {
      this.#stop.abort(new Error('the lane is closing'));
      if (!(await this.#within(closed, graceMs))) {
        for (const hostId of this.#serving.keys())
          this.#options.onError(new Error(`the lane of ${hostId} did not close within ${2 * graceMs} ms`), hostId);
        closed.catch(this.#options.onError);
      }
    }
    await this.#queues.close();
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

  async #run(): Promise<void> {
    const { connection, onError } = this.#options;
    const bell = connection.listen({
      heard: (queue) => this.#wake(hostOfQueue(queue)),
      // What fails here fails in the next look, which tells of it.
      listening: () => void this.#look().catch(() => undefined),
    });
    try {
      await Promise.all([
        this.#every(lookMs, () => this.#look()),
        this.#every(stalledCheckMs, () => this.#checkStalled()),
        this.#every(lockMs / 3, () => this.#keepLocks(), this.#leaving.signal),
      ]);
    } finally {
      await bell.close().catch((error: unknown) => onError(asError(error)));
    }
  }

  /** Does something again and again until it closes; what fails is reported and soon tried again. */
  async #every(ms: number, act: () => Promise<void>, signal = this.#closing.signal): Promise<void> {
    while (!signal.aborted) {
      const failed = await act().then(
        () => false,
        (error: unknown) => {
          this.#options.onError(asError(error));
          return true;
        },
      );
      await delay(failed ? Math.min(ms, retryMs) : ms, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { connection } = this.#options;
    for (const queue of await connection.look.withTickets([...this.#hosts].map(queueName)))
      this.#wake(hostOfQueue(queue));
  }

  async #checkStalled(): Promise<void> {
    const orphans = await this.#options.connection.look.orphans([...this.#hosts].map(queueName));
    for (const [queue, count] of orphans) {
      const hostId = hostOfQueue(queue);
      if (count <= (this.#serving.has(hostId) ? 1 : 0)) continue;
      await this.#queues.checkStalled(hostId);
      this.#wake(hostId);
    }
  }

  async #keepLocks(): Promise<void> {
    const now = performance.now();
    await this.#queues.keep([...this.#held].filter(({ takenMs }) => now - takenMs > lockMs / 3));
  }

  #wake(hostId: string): void {
    if (!this.#hosts.has(hostId)) return;
    this.#due.add(hostId);
    this.#admit();
  }

  /** Gives free slots to hosts that are due. One that is served already looks for itself whether there is more. */
  #admit(): void {
    for (const hostId of this.#due) {
      if (this.#closing.signal.aborted || this.#serving.size >= slots) return;
      if (this.#serving.has(hostId)) continue;
      this.#due.delete(hostId);
      const served = this.#serve(hostId).finally(() => {
        this.#serving.delete(hostId);
        this.#admit();
      });
      this.#serving.set(hostId, served);
    }
  }

  /** Works on the host's tickets until there is none, or its turn is over and another host waits for the slot. */
  async #serve(hostId: string): Promise<void> {
    const endOfTurn = performance.now() + turnMs;
    try {
      let ticket = await this.#queues.take(hostId);
      while (ticket !== undefined) {
        await this.#work(ticket);
        const takeNext = !this.#closing.signal.aborted && (performance.now() < endOfTurn || !this.#othersWait());
        const next = await this.#queues.finish(ticket, takeNext);
        if (!takeNext) this.#due.add(hostId);
        ticket = next;
      }
    } catch (error) {
      this.#options.onError(asError(error), hostId);
      // What it has is found by the next look, or by the check for stalled tickets.
      await delay(retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      this.#due.add(hostId);
    }
  }

  #othersWait(): boolean {
    for (const due of this.#due) if (!this.#serving.has(due)) return true;
    return false;
  }

  /** What fails is told, and its ticket has ended all the same: a run that still wants an attempt is put back. */
  async #work(ticket: HeldTicket): Promise<void> {
    const { handle, onError } = this.#options;
    this.#held.add(ticket);
    try {
      const read = readTicket(ticket.payload);
      await traced(
        () => ticketStep('CONSUMER', read),
        () => handle(read, this.#stop.signal),
      );
    } catch (error) {
      onError(asError(error), ticket.hostId);
    } finally {
      this.#held.delete(ticket);
    }
  }
}
