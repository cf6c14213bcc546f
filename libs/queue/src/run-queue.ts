import type { Priority, RunTicket } from '#contracts';
import { Queue, type IQueueBackend, type QueueOptions } from 'bullmq';
import { queueName } from './settings.js';
import type { QueueConnection } from './queue-connection.js';
import { emptyQueue, type QueueStanding } from './queue-look.js';
import { ticketJobId, ticketJobName, ticketJobOptions } from './ticket-job.js';

export interface QueuedTicket {
  ticket: RunTicket;
  priority: Priority;
}

type HostQueue = Queue<RunTicket, void, string, RunTicket, void, string, IQueueBackend>;

/** Most tickets in one round trip. */
const bulkSize = 500;

/** States in which BullMQ still has a ticket. */
const heldStates: readonly string[] = ['waiting', 'prioritized', 'active', 'delayed'];

/**
 * The producer: puts tickets on the hosts' queues. Idempotent: a ticket that the queue still has is not put twice.
 * Every method rejects when the backend can't be reached.
 */
export class RunQueue {
  readonly #queues = new Map<string, HostQueue>();
  readonly #options: QueueOptions;

  /** @param options BullMQ's, as @nestjs/bullmq shares them; left out, the connection's own. */
  constructor(
    readonly connection: QueueConnection,
    readonly onError: (error: Error) => void,
    options: Partial<QueueOptions> = {},
  ) {
    this.#options = { connection: connection.options, streams: { events: { maxLen: 100 } }, ...options };
  }

  async put(ticket: RunTicket, priority: Priority): Promise<void> {
    await this.putAll([{ ticket, priority }]);
  }

  /** Puts tickets of any hosts; those of one host keep their order within a priority. */
  async putAll(tickets: readonly QueuedTicket[]): Promise<void> {
    const byHost = new Map<string, QueuedTicket[]>();
    for (const queued of tickets) {
      const ofHost = byHost.get(queued.ticket.hostId);
      if (ofHost) ofHost.push(queued);
      else byHost.set(queued.ticket.hostId, [queued]);
    }
    for (const [hostId, ofHost] of byHost) {
      const queue = await this.#queueOf(hostId);
      for (let from = 0; from < ofHost.length; from += bulkSize) {
        const jobs = ofHost.slice(from, from + bulkSize).map(({ ticket, priority }) => ({
          name: ticketJobName,
          data: ticket,
          opts: ticketJobOptions(ticket, priority),
        }));
        await queue.addBulk(jobs);
      }
    }
  }

  /** Whether the queue still has the ticket, waiting or in its lane's hands. */
  async has(ticket: RunTicket): Promise<boolean> {
    const queue = await this.#queueOf(ticket.hostId);
    return heldStates.includes(await queue.getJobState(ticketJobId(ticket)));
  }

  /** Takes a waiting ticket back. One that its lane holds stays, and is stale once the store has moved on. */
  async remove(ticket: RunTicket): Promise<void> {
    const queue = await this.#queueOf(ticket.hostId);
    if ((await queue.getJobState(ticketJobId(ticket))) !== 'active') await queue.remove(ticketJobId(ticket));
  }

  /**
   * Looks at what the backend still knows of these tickets, and makes each one be given out: one that it lost is put, a
   * delayed one is due at once, one that ended or whose content is gone is put anew. BullMQ swallows a put under an id
   * that it knows in whatever state.
   *
   * @returns how many needed it.
   */
  async mend(tickets: readonly QueuedTicket[]): Promise<number> {
    const jobs = tickets.map(({ ticket }) => ({ queue: queueName(ticket.hostId), id: ticketJobId(ticket) }));
    const states = await this.connection.look.states(jobs);
    const lost: QueuedTicket[] = [];
    let delayed = 0;
    for (const [index, queued] of tickets.entries()) {
      const state = states[index];
      if (state === 'held') continue;
      const id = ticketJobId(queued.ticket);
      if (state === 'delayed') {
        const job = await (await this.#queueOf(queued.ticket.hostId)).getJob(id);
        await job?.promote();
        delayed += 1;
      } else {
        if (state === 'dead') await (await this.#queueOf(queued.ticket.hostId)).remove(id);
        lost.push(queued);
      }
    }
    await this.putAll(lost);
    return delayed + lost.length;
  }

  /** Nothing of ours pauses a queue, so one that is paused is a mistake. */
  async resume(hostId: string): Promise<void> {
    await (await this.#queueOf(hostId)).resume();
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
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    this.#queues.clear();
  }

  async #queueOf(hostId: string): Promise<HostQueue> {
    const known = this.#queues.get(hostId);
    if (known) return known;
    // BullMQ's own wait for a first connection to Redis never ends; ask first whether anyone is there.
    await this.connection.ping();
    return this.#queues.get(hostId) ?? this.#make(hostId);
  }

  #make(hostId: string): HostQueue {
    const queue: HostQueue = new Queue(queueName(hostId), this.#options, this.connection.factory);
    queue.on('error', this.onError);
    this.#queues.set(hostId, queue);
    return queue;
  }
}
