import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import type { PrismaClient, Subscription } from '#event-store';
import { RunQueue } from '#queue';
import type { Settings } from '../environment.js';
import { readModelSubscription } from '../projections/read-model.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { DATABASE, LOGGER, SETTINGS } from '../tokens.js';
import { ReadModelProgress } from './read-model-progress.js';

/** Keeps the read model up to date and acts on it while the application runs. */
@Injectable()
export class BackgroundWork implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #subscription: Subscription;
  readonly #reconciler: Reconciler;

  constructor(
    @Inject(DATABASE) db: PrismaClient,
    @Inject(LOGGER) log: Logger,
    @Inject(SETTINGS) { leaseMs }: Settings,
    queue: RunQueue,
    progress: ReadModelProgress,
  ) {
    this.#reconciler = new Reconciler({
      db,
      queue,
      leaseMs,
      onError: (error) => log.error({ err: error }, 'a step of the reconciler failed; the next pass tries it again'),
    });
    this.#subscription = readModelSubscription({
      db,
      onAdvance: () => {
        progress.advanced();
        this.#reconciler.wake();
      },
      onError: (error) => log.error({ err: error }, 'the projection failed; it tries again'),
    });
  }

  onApplicationBootstrap(): void {
    this.#subscription.start();
    this.#reconciler.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.#subscription.stop(), this.#reconciler.stop()]);
  }
}
