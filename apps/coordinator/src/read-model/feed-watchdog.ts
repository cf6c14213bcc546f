import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { type FeedHolder, type PrismaClient, watchFeed } from '#event-store';
import { DATABASE, LOGGER } from '../tokens.js';

const lookEveryMs = 2_000;

/** A transaction this old is told of: with the time between looks, before it has held the feed back for 10 s. */
const toldAfterMs = 5_000;

/** Looks for sessions that hold the feed back, and has those of workers and readers ended. */
@Injectable()
export class FeedWatchdog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #last: readonly FeedHolder[] | undefined = [];

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Age of the oldest transaction with an id, ms, at the last look; undefined when that look failed. */
  get horizonAgeMs(): number | undefined {
    return this.#last && Math.max(0, ...this.#last.map(({ heldMs }) => heldMs));
  }

  /** Whom to tell of: sessions that at the last look had held the feed back for more than 5 s. */
  get holders(): readonly FeedHolder[] {
    return (this.#last ?? []).filter(({ heldMs }) => heldMs >= toldAfterMs);
  }

  onApplicationBootstrap(): void {
    this.#running ??= this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#look();
      await delay(lookEveryMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    try {
      this.#last = await watchFeed(this.db);
    } catch (error) {
      // Told once, until a look works again.
      if (this.#last !== undefined) this.log.error({ err: error }, 'could not look who holds the feed back');
      this.#last = undefined;
      return;
    }
    for (const { pid, login, application, database, since } of this.#last.filter(({ ended }) => ended)) {
      this.log.warn({ pid, login, application, database, since }, 'ended a session that held the feed back');
    }
  }
}
