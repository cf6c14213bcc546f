import {
  bootStateStream,
  isEventOf,
  runStream,
  type BootState,
  type Cause,
  type ServedExecutorName,
  type Probe,
  type RecordedEvent,
  type RunTicket,
} from '#contracts';
import { append, createPrisma, handle, newId, readStream, type PrismaClient } from '#event-store';
import { runDecider } from '#lifecycle';
import { openQueue, RunQueue, type QueueConnection } from '#queue';
import pg from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../../../../test/queue/queue-under-test.js';
import { eventually } from '../../../../test/eventually.js';
import { letWorkerWrite } from '../../../../test/fleet/worker-token.js';
import { startFakeCoordinator, type FakeCoordinator } from './fake-coordinator.js';

export interface Wanted {
  hostId: string;
  executor: ServedExecutorName;
  probe: Probe;
  faults: number;
  warmup?: number;
  timeoutMs?: number;
}

const terminal = ['RunCompleted', 'RunFailed', 'RunAbandoned'];

/**
 * What a real worker needs around it: a database, a queue and a coordinator's side that the test plays. FleetUnderTest is the
 * other way round: there the coordinator is real, and the test plays the worker.
 */
export class FleetAroundWorker {
  private constructor(
    readonly database: FreshDatabase,
    readonly queue: QueueUnderTest,
    readonly coordinator: FakeCoordinator,
    readonly db: PrismaClient,
    private readonly connection: QueueConnection,
    private readonly tickets: RunQueue,
    /** What the queue complained about on the coordinator's side. */
    readonly complaints: readonly Error[],
  ) {}

  static async start(): Promise<FleetAroundWorker> {
    const database = await freshDatabase();
    const queue = await queueUnderTest(database);
    const complaints: Error[] = [];
    const complain = (error: Error): void => void complaints.push(error);
    const connection = openQueue({ url: queue.coordinatorUrl, onError: complain }, 'producer');
    const db = createPrisma(database.coordinatorUrl);
    const coordinator = await startFakeCoordinator();
    coordinator.onRegister = async (workerId, { instanceId, tokenHash, hosts }) => {
      if (tokenHash === undefined) return;
      const hostIds = hosts.map(({ hostId }) => hostId);
      await letWorkerWrite(db, { workerId, instanceId, tokenHash, hostIds });
    };
    return new FleetAroundWorker(
      database,
      queue,
      coordinator,
      db,
      connection,
      new RunQueue(connection, complain),
      complaints,
    );
  }

  async close(): Promise<void> {
    await this.tickets.close();
    await this.connection.close();
    await this.db.$disconnect();
    await this.coordinator.close();
    await this.database.drop();
  }

  /** Queues attempt 1 of a new run, as the coordinator would. */
  async queueRun({ hostId, executor, probe, faults, warmup = 0, timeoutMs = 30_000 }: Wanted): Promise<RunTicket> {
    const ids = { runId: newId(), jobId: newId() };
    const ticket: RunTicket = { contractVersion: 2, hostId, attempt: 1, correlationId: newId(), ...ids };
    await this.append(ticket, 0, {
      type: 'RunQueued',
      data: {
        ...ids,
        ...{ hostId, attempt: 1, executor, probe, replicate: 0, faults, warmup, timeoutMs, seed: 7 },
        priority: 'normal',
      },
    });
    await this.put(ticket);
    return ticket;
  }

  put(ticket: RunTicket): Promise<void> {
    return this.tickets.put(ticket, 'normal');
  }

  /** Gives the attempt up as the reconciler does when its lease ran out; returns the next attempt's ticket. */
  async expire(ticket: RunTicket): Promise<RunTicket> {
    const command = { type: 'expire' as const, attempt: ticket.attempt, cancelled: false };
    const cause = { correlationId: ticket.correlationId, causationId: null, actor: 'coordinator:test' };
    await handle(this.db, runDecider, ticket.runId, command, { cause });
    return { ...ticket, attempt: ticket.attempt + 1 };
  }

  events(ticket: RunTicket): Promise<RecordedEvent[]> {
    return readStream(this.db, runStream(ticket.runId));
  }

  /** The boot state that a run's events say it was measured in. */
  async bootStateOf(events: readonly RecordedEvent[]): Promise<BootState> {
    const started = events.find((event) => event.type === 'RunStarted');
    if (started === undefined) throw new Error('the run has not started');
    const [observed] = await readStream(this.db, bootStateStream(started.data.bootStateHash));
    if (observed === undefined || !isEventOf('boot-state', observed))
      throw new Error('no boot state is stored under its hash');
    return observed.data.bootState;
  }

  async types(ticket: RunTicket): Promise<string[]> {
    return (await this.events(ticket)).map(({ type }) => type);
  }

  /** Reads the stream again and again until it satisfies the test. */
  until(ticket: RunTicket, test: (events: RecordedEvent[]) => boolean): Promise<RecordedEvent[]> {
    return eventually('the run has got so far', async () => {
      const events = await this.events(ticket);
      return test(events) && events;
    });
  }

  /** Has whatever stores samples wait while `act` is under way. */
  async withoutSamples<T>(act: () => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.database.adminUrl });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE sample_batches IN EXCLUSIVE MODE');
      return await act();
    } finally {
      await client.end();
    }
  }

  /** The run's events once it has ended in some way. */
  ended(ticket: RunTicket): Promise<RecordedEvent[]> {
    return this.until(ticket, (events) => terminal.includes(events.at(-1)?.type ?? ''));
  }

  /** Checks again and again, with a round trip to the database in between. */
  async untilTrue(test: () => boolean): Promise<void> {
    while (!test()) await this.db.$queryRaw`SELECT 1`;
  }

  /** Breaks every connection that workers hold to the event store. */
  cutWorkers(): Promise<void> {
    return this.endSessions("application_name = 'xf-worker'");
  }

  /** Breaks every connection of the workers' login, also those to the queue where that is in PostgreSQL. */
  cutLogin(): Promise<void> {
    return this.endSessions(`usename = '${new URL(this.database.workerUrl).username}'`);
  }

  private async endSessions(which: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.database.adminUrl });
    await client.connect();
    try {
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND ${which}`,
      );
    } finally {
      await client.end();
    }
  }

  private append(ticket: RunTicket, version: number, event: RecordedEvent | Parameters<typeof append>[3][0]['event']) {
    const cause: Cause = { correlationId: ticket.correlationId, causationId: null, actor: 'coordinator:test' };
    return append(this.db, runStream(ticket.runId), version, [{ event }], cause);
  }
}
