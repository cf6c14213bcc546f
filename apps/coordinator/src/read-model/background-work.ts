import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import type { PrismaClient, Subscription } from '#event-store';
import { RunQueue } from '#queue';
import type { Settings } from '../environment.js';
import { operational } from '../projections/operational.js';
import { projections } from '../projections/projections.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { DATABASE, LOGGER, SETTINGS } from '../tokens.js';
import { follow } from './follow.js';
import { KeepFilled } from './keep-filled.js';
import { ReadModelProgress } from './read-model-progress.js';

/** Keeps the read model up to date and acts on it while the application runs. */
@Injectable()
export class BackgroundWork implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #subscriptions: readonly Subscription[];
  readonly #keepFilled: KeepFilled;
  readonly #reconciler: Reconciler;

  constructor(
    @Inject(DATABASE) db: PrismaClient,
    @Inject(LOGGER) log: Logger,
    @Inject(SETTINGS) { leaseMs, directDatabaseUrl, quarantine }: Settings,
    queue: RunQueue,
    progress: ReadModelProgress,
  ) {
    this.#reconciler = new Reconciler({
      db,
      queue,
      leaseMs,
      quarantine,
      onError: (error, about, untold) => {
        log.error({ err: error, about, untold }, 'a step of the reconciler failed; the next pass tries it again');
      },
      onEnded: () => {
        for (const { projection, subscription } of following)
          if (projection === operational) subscription.nudge({ hurry: true });
      },
    });
    const following = projections.map((projection) => {
      const subscription: Subscription = follow(projection, {
        db,
        onAdvance: () => {
          for (const other of following) if (other.projection.reads === projection) other.subscription.nudge();
          if (projection !== operational) return;
          progress.advanced();
          this.#reconciler.wake();
        },
        onError: (error) => log.error({ err: error }, `projection ${projection.name} failed; it tries again`),
      });
      // The pace of the operational tables is short, and theirs that are wanted seldom long.
      if (!projection.reads) progress.onWanted(() => subscription.nudge({ hurry: projection !== operational }));
      return { projection, subscription };
    });
    this.#subscriptions = following.map(({ subscription }) => subscription);
    this.#keepFilled = new KeepFilled({
      ...{ db, databaseUrl: directDatabaseUrl },
      onSwap: ({ name, version }) => {
        log.info({ projection: name, version }, `projection ${name} was refilled`);
        progress.advanced();
        this.#reconciler.wake();
      },
      onError: ({ name }, error) => log.error({ err: error }, `filling projection ${name} failed; it tries again`),
    });
  }

  onApplicationBootstrap(): void {
    for (const subscription of this.#subscriptions) subscription.start();
    this.#keepFilled.start();
    this.#reconciler.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const stopped = this.#subscriptions.map((subscription) => subscription.stop());
    await Promise.all([...stopped, this.#keepFilled.stop(), this.#reconciler.stop()]);
  }
}
