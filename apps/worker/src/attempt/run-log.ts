import type { CaptureCommand, Payload } from '#capture';
import type { Cause, EventData, RecordedEvent, RunEvent } from '#contracts';
import { decideAll, type Run, runDecider, stateOf } from '#lifecycle';
import { persistently, type Persistence } from './persistently.js';

export interface NewRunEvent {
  event: RunEvent;
  eventId: string;
  occurredAt: Date;
  payload?: Payload;
}

/** What the worker needs of the event store. */
export interface RunStore {
  read(stream: string): Promise<RecordedEvent[]>;
  append(stream: string, expectedVersion: number, events: NewRunEvent[], cause: Cause): Promise<number>;
  /** Stores a boot state for a run of this stream, unless it is known. */
  observe(stream: string, bootState: EventData<'BootStateObserved'>, cause: Cause): Promise<void>;
  newId(): string;
  /** This machine's clock. It may be wrong: the database bounds what it says. */
  now(): Date;
  /** Whether the error says that the stream has moved on. */
  isOvertaken(error: Error): boolean;
  /** Whether trying the same again can't help. */
  isPermanent(error: Error): boolean;
}

/** The stream has moved on under this attempt: it may not write any more, and what it brings is dropped. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

export interface WorkerCommand extends CaptureCommand {
  /** When it happened, by `RunStore.now`; left out, when it is committed, before any try to reach the store. */
  occurredAt?: Date;
}

/**
 * One attempt's view of its run's stream. Everything is appended at the version that this view knows, which is the
 * fence: when somebody else has appended (the coordinator gave the attempt up), nothing of ours gets in any more.
 */
export class RunLog {
  private constructor(
    private readonly store: RunStore,
    private readonly stream: string,
    private readonly cause: Cause,
    public run: Run,
    private version: number,
  ) {}

  static async open(
    store: RunStore,
    runId: string,
    cause: Omit<Cause, 'causationId'>,
    persistence: Omit<Persistence, 'isPermanent'>,
  ): Promise<RunLog> {
    const stream = runDecider.stream(runId);
    const events = await persistently(`reading ${stream}`, () => store.read(stream), {
      ...persistence,
      isPermanent: (error) => store.isPermanent(error),
    });
    const run = stateOf(runDecider, events);
    // What caused our events is the event that queued this attempt, the last one when the ticket is not stale.
    const causationId = events.at(-1)?.meta.eventId ?? null;
    return new RunLog(store, stream, { ...cause, causationId }, run, events.at(-1)?.meta.version ?? 0);
  }

  /**
   * Stores the boot state that this run's start is going to name.
   *
   * @throws StoreUnreachableError when the store could not be reached in time.
   */
  observe(bootState: EventData<'BootStateObserved'>, persistence: Omit<Persistence, 'isPermanent'>): Promise<void> {
    return persistently(
      `storing the boot state of ${this.stream}`,
      () => this.store.observe(this.stream, bootState, this.cause),
      { ...persistence, isPermanent: (error) => this.store.isPermanent(error) },
    );
  }

  /**
   * Decides the commands one after another and appends all their events at once.
   *
   * @throws SupersededError when the stream has moved on.
   * @throws Refused when this view itself knows that the attempt may not write.
   * @throws StoreUnreachableError when the store could not be reached in time.
   */
  async commit(commands: readonly WorkerCommand[], persistence: Omit<Persistence, 'isPermanent'>): Promise<void> {
    const now = this.store.now();
    const { state: run, decided } = decideAll(runDecider, this.run, commands);
    const events = decided.map(({ event, step: { payload, occurredAt = now } }): NewRunEvent => {
      const carries = payload !== undefined && event.type === 'CrossingSamplesRecorded';
      return { event, eventId: this.store.newId(), occurredAt, ...(carries ? { payload } : {}) };
    });
    if (events.length === 0) return;
    this.version = await this.append(events, persistence);
    this.run = run;
  }

  private async append(events: NewRunEvent[], persistence: Omit<Persistence, 'isPermanent'>): Promise<number> {
    try {
      return await persistently(
        `appending to ${this.stream}`,
        () => this.store.append(this.stream, this.version, events, this.cause),
        { ...persistence, isPermanent: (error) => this.store.isOvertaken(error) || this.store.isPermanent(error) },
      );
    } catch (error) {
      if (error instanceof Error && this.store.isOvertaken(error)) {
        throw new SupersededError(`${this.stream} has moved on: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }
}
