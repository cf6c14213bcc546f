import { setTimeout as delay } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { closed } from '#connect';
import { createPrisma, type HoldingSession, watchSessions } from '#event-store';

const lookEveryMs = 2_000;

/** What is held so long is reported: with the time between looks, before it has been held for 10 s. */
const toldAfterMs = 5_000;

/** Looks for sessions that hold the fleet up, and has those of workers and readers ended. */
export class SessionWatchdog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #last: readonly HoldingSession[] | undefined = [];

  constructor(
    private readonly sessions: { look: () => Promise<HoldingSession[]>; close: () => Promise<void> },
    private readonly log: Logger,
  ) {}

  /** On a connection of its own: all others of the coordinator may be waiting for the very lock that it looks for. */
  static on(databaseUrl: string, log: Logger): SessionWatchdog {
    const db = createPrisma(databaseUrl, { poolSize: 1, applicationName: 'xf-watchdog' });
    return new SessionWatchdog({ look: () => watchSessions(db), close: () => closed(db.$disconnect()) }, log);
  }

  /** Age of the oldest transaction with an id, ms, at the last look; undefined when that look failed. */
  get horizonAgeMs(): number | undefined {
    return this.#last && Math.max(0, ...this.#last.map(({ horizonMs }) => horizonMs ?? 0));
  }

  /** Whom to tell of: sessions that at the last look had held something for more than 5 s. */
  get holders(): readonly HoldingSession[] {
    return (this.#last ?? []).filter(({ heldMs }) => heldMs >= toldAfterMs);
  }

  onApplicationBootstrap(): void {
    this.#running ??= this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.sessions.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#look();
      await delay(lookEveryMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    try {
      this.#last = await this.sessions.look();
    } catch (error) {
      // Logged once, until a look works again.
      if (this.#last !== undefined) this.log.error({ err: error }, 'could not look who holds the fleet up');
      this.#last = undefined;
      return;
    }
    for (const { pid, login, application, database, since, blocks } of this.#last.filter(({ ended }) => ended)) {
      this.log.warn({ pid, login, application, database, since, blocks }, 'ended a session that held the fleet up');
    }
  }
}
