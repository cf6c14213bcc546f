import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { type PrismaClient, sqlError } from '#event-store';
import { seldom } from '#logging';
import { repeating } from '../repeating.js';
import { DATABASE, LOGGER } from '../tokens.js';

/** Often enough that no hour is missed; of the sizes, the first of an hour is kept. */
const lookMs = 20 * 60_000;

/** Notes what the database weighs, once an hour, whoever of several coordinators comes first. */
export async function noteSize(db: PrismaClient): Promise<void> {
  await db.$executeRaw`
    INSERT INTO database_sizes (hour, database_bytes, events_bytes, raw_bytes)
    SELECT date_trunc('hour', now(), 'UTC'), pg_database_size(current_database()), pg_total_relation_size('events'),
           pg_total_relation_size('sample_batches') + pg_total_relation_size('rederived_batches')
     WHERE NOT EXISTS (SELECT FROM database_sizes WHERE hour = date_trunc('hour', now(), 'UTC'))
    ON CONFLICT DO NOTHING`;
}

@Injectable()
export class DatabaseSizes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #onError: (error: unknown) => void;
  #running: Promise<void> | undefined;

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(LOGGER) log: Logger,
  ) {
    this.#onError = seldom(
      (error) => log.error({ err: error }, 'the size of the database was not noted; it is tried again'),
      (error) => sqlError(error).message || String(error),
    );
  }

  onApplicationBootstrap(): void {
    const rhythm = { everyMs: lookMs, signal: this.#stopping.signal, onError: this.#onError };
    this.#running = repeating(() => noteSize(this.db), rhythm);
  }

  /** Ends after the step under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}
