import type { Priority, RunTicket } from '#contracts';
import type { IQueueBackend, QueueOptions } from 'bullmq';
import type { QueueConnection } from './queue-connection.js';
import { tracedEach } from '#tracing';
import { emptyQueue, type QueuedJob, type QueueStanding } from './queue-look.js';
import { queueName } from './settings.js';
import { ticketEntry, ticketJobId, ticketStep } from './ticket-job.js';

export interface QueuedTicket {
  ticket: RunTicket;
  priority: Priority;
}

/** Most tickets in one round trip. */
const bulkSize = 500;

/** States in which BullMQ still has a ticket. */
const heldStates: readonly string[] = ['waiting', 'prioritized', 'active', 'delayed'];

const jobOf = (ticket: RunTicket): QueuedJob => ({ queue: queueName(ticket.hostId), id: ticketJobId(ticket) });

/**
 * The producer: puts tickets on the hosts' queues. Idempotent: a ticket that the queue still has is not put twice.
 * Every method rejects when the backend can't be reached.
 */
export class RunQueue {
  #backend: IQueueBackend | undefined;
  readonly #options: QueueOptions;

  /** @param options BullMQ's, as @nestjs/bullmq shares them; left out, the connection's own. */
  constructor(
    readonly connection: QueueConnection,
    readonly onError: (error: Error) => void,
    options: Partial<QueueOptions> = {},
  ) {
    this.#options = { connection: connection.options, ...options };
  }

  async put(ticket: RunTicket, priority: Priority): Promise<void> {
    await this.putAll([{ ticket, priority }]);
  }

  /** Puts tickets of any hosts, many hosts' in one round trip; those of one host keep their order within a priority. */
  async putAll(tickets: readonly QueuedTicket[]): Promise<void> {
    for (let from = 0; from < tickets.length; from += bulkSize) {
      const some = tickets.slice(from, from + bulkSize);
      const backend = await this.#reached();
      const queues = [...new Set(some.map(({ ticket }) => queueName(ticket.hostId)))];
      await this.connection.look.keepFewEvents(queues);
      const entries = some.map(({ ticket, priority }) => ticketEntry(ticket, priority));
      const answers = await tracedEach(
        some,
        ({ ticket }) => ticketStep('PRODUCER', ticket),
        () => backend.addFlow(entries),
      );
      for (const [error, id] of answers) {
        if (error) throw error;
        if (typeof id === 'number') throw new Error(`BullMQ refused a ticket with code ${id}`);
      }
      await this.connection.ring(queues);
    }
  }

  /** Whether the queue still has the ticket, waiting or in its lane's hands. */
  async has(ticket: RunTicket): Promise<boolean> {
    return heldStates.includes(await (await this.#of(ticket.hostId)).getState(ticketJobId(ticket)));
  }

  /** Takes waiting tickets back. One that its lane holds stays, and is stale once the store has moved on. */
  async removeAll(tickets: readonly RunTicket[]): Promise<void> {
    const jobs = tickets.map(jobOf);
    const states = await this.connection.look.states(jobs);
    await this.connection.look.remove(jobs.filter((_, index) => !['active', 'absent'].includes(states[index] ?? '')));
  }

  /**
   * Looks at what the backend still knows of these tickets, and makes each one be given out: one that it lost is put, a
   * delayed one is due at once, one that ended or whose content is gone is put again. BullMQ swallows a put under an id
   * that it knows in whatever state.
   *
   * @returns how many needed it.
   */
  async repair(tickets: readonly QueuedTicket[]): Promise<number> {
    const jobs = tickets.map(({ ticket }) => jobOf(ticket));
    const states = await this.connection.look.states(jobs);
    const inState = (state: string): QueuedTicket[] => tickets.filter((_, index) => states[index] === state);
    const [delayed, dead] = [inState('delayed'), inState('dead')];
    for (const { ticket } of delayed) await (await this.#of(ticket.hostId)).promote(ticketJobId(ticket));
    await this.connection.look.remove(dead.map(({ ticket }) => jobOf(ticket)));
    const lost = tickets.filter((_, index) => states[index] === 'absent' || states[index] === 'dead');
    await this.putAll(lost);
    return delayed.length + lost.length;
  }

  /** Nothing of ours pauses a queue, so one that is paused is a mistake. */
  async resume(hostId: string): Promise<void> {
    await (await this.#of(hostId)).pause(false);
  }

  /** How the queues of these hosts stand, each of them. */
  async standing(hostIds: readonly string[]): Promise<Map<string, QueueStanding>> {
    const known = await this.connection.look.standing(hostIds.map(queueName));
    return new Map(hostIds.map((hostId) => [hostId, known.get(queueName(hostId)) ?? emptyQueue]));
  }

  ping(): Promise<void> {
    return this.connection.ping();
  }

  /** Leaves the connection open: it belongs to who opened it. */
  async close(): Promise<void> {
    await this.#backend?.close();
    this.#backend = undefined;
  }

  async #of(hostId: string): Promise<IQueueBackend> {
    return (await this.#reached()).forQueue(queueName(hostId));
  }

  /** BullMQ's backend for the queues of all hosts. */
  async #reached(): Promise<IQueueBackend> {
    if (this.#backend) return this.#backend;
    // BullMQ's own wait for a first connection to Redis never ends, and one that failed is remembered for ever; ask first
    // whether anyone is there, and keep only what got ready.
    await this.connection.ping();
    const backend = this.#make();
    await backend.waitUntilReady();
    return (this.#backend ??= backend);
  }

  #make(): IQueueBackend {
    const backend = this.connection.factory('tickets', this.#options);
    backend.on('error', this.onError);
    return backend;
  }
}
