import type { IQueueBackend, QueueBaseOptions, WorkerOptions } from 'bullmq';
import { randomUUID } from 'node:crypto';
import type { QueueConnection } from './queue-connection.js';
import { queueName } from './settings.js';
import type { ExchangeTickets } from './ticket-exchange.js';

/** A ticket in this process's hands, by the lock that BullMQ gave with it. */
export interface HeldTicket {
  hostId: string;
  /** BullMQ's id of it. */
  id: string;
  /** As it was put, unread. */
  payload: unknown;
  takenMs: number;
}

/** A ticket whose worker died is given out again at most a lock and two checks later: one marks it, one takes it. */
export const lockMs = 15_000;
export const stalledCheckMs = 10_000;

/** Since `Worker` does not, nothing of BullMQ ends a ticket that stalled often: attempts are counted in the store. */
const manyTimes = 1_000_000;

/**
 * The queues of many hosts on one view of the backend, as BullMQ's own Worker uses it: a Worker a host would poll, check for
 * stalled tickets and, on Redis, hold a connection for each of them, also while none has anything to do.
 */
export class HostQueues {
  readonly #token = randomUUID();
  readonly #exchange: ExchangeTickets;
  #backend: IQueueBackend | undefined;

  constructor(
    readonly connection: QueueConnection,
    readonly onError: (error: Error) => void,
  ) {
    this.#exchange = connection.exchanging({ token: this.#token, lockMs }, (queue) =>
      (this.#backend ??= this.#make()).forQueue(queue),
    );
  }

  /** The next ticket of a host, if it has one. */
  take(hostId: string): Promise<HeldTicket | undefined> {
    return this.#exchanged(hostId, null, true);
  }

  /** Gives a ticket back as done, however that went; and takes the host's next one, when asked to. */
  finish({ hostId, id }: HeldTicket, takeNext: boolean): Promise<HeldTicket | undefined> {
    return this.#exchanged(hostId, id, takeNext);
  }

  /** Keeps the locks of tickets that are worked on. */
  async keep(held: Iterable<HeldTicket>): Promise<void> {
    for (const { hostId, id } of held) await (await this.#of(hostId)).extendLock(id, this.#token, lockMs);
  }

  /** Marks a host's tickets whose lock ran out, or, where they were marked at the last check, gives them out again. */
  async checkStalled(hostId: string): Promise<void> {
    await (await this.#of(hostId)).moveStalledJobsToWait();
  }

  async close(): Promise<void> {
    await this.#backend?.close();
  }

  async #exchanged(hostId: string, ended: string | null, takeNext: boolean): Promise<HeldTicket | undefined> {
    await this.#reached();
    const taken = await this.#exchange({ queue: queueName(hostId), ended, takeNext });
    return taken && { hostId, id: taken.id, payload: taken.data, takenMs: performance.now() };
  }

  async #of(hostId: string): Promise<IQueueBackend> {
    return (await this.#reached()).forQueue(queueName(hostId));
  }

  async #reached(): Promise<IQueueBackend> {
    const backend = (this.#backend ??= this.#make());
    try {
      await backend.waitUntilReady();
    } catch (error) {
      // BullMQ remembers a failed first connection for ever.
      if (this.#backend === backend) this.#backend = undefined;
      throw error;
    }
    return backend;
  }

  #make(): IQueueBackend {
    const options: QueueBaseOptions & Partial<WorkerOptions> = {
      connection: this.connection.options,
      lockDuration: lockMs,
      // Less than from check to check, so that each check counts.
      stalledInterval: stalledCheckMs / 2,
      maxStalledCount: manyTimes,
    };
    const backend = this.connection.factory('hosts', options);
    backend.on('error', this.onError);
    return backend;
  }
}
