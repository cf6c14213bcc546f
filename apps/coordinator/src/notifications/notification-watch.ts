import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { routeViewSchema } from '#contracts';
import { type PrismaClient, sqlError } from '#event-store';
import { seldom } from '#logging';
import type { Settings } from '../environment.js';
import { databaseNow, Listening } from '../reconcile/listening.js';
import { repeating } from '../repeating.js';
import { DATABASE, LOGGER, SETTINGS } from '../tokens.js';
import { causeWatches } from './causes/causes.js';
import { silentForMs } from './causes/host-silent.js';
import { deliverDue } from './deliver.js';
import { dropMessages } from './drop-messages.js';
import { forgetMessages } from './forget-messages.js';
import { lookAtCause } from './look-at-cause.js';
import { forgetTargets } from './targets.js';

/** Without routes a query each. */
const tickMs = 1_000;
/** How often old messages, URLs and secrets are looked for. */
const forgetEveryMs = 600_000;

/** Makes messages of what happens, and posts them. Any number of coordinators do so beside each other. */
@Injectable()
export class NotificationWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #onError: (error: unknown, about?: string) => void;
  readonly #listening: Listening;
  /** When this process looks next, by route and cause. */
  readonly #nextLook = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  #nextForget = 0;
  #running: Promise<unknown> | undefined;

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(LOGGER) log: Logger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.#onError = seldom(
      (error, about, untold) => log.error({ err: error, about, untold }, 'notifying failed; it is tried again'),
      (error) => sqlError(error).message || String(error),
    );
    this.#listening = new Listening(() => databaseNow(this.db), silentForMs);
  }

  onApplicationBootstrap(): void {
    const rhythm = { everyMs: tickMs, signal: this.#stopping.signal, onError: this.#onError };
    this.#running = Promise.all([repeating(() => this.#look(), rhythm), repeating(() => this.#deliver(), rhythm)]);
  }

  /** Ends after the step under way; a try under way is ended, and made again by whoever comes next. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#underWay);
  }

  async #look(): Promise<void> {
    const rows = await this.db.notificationRoute.findMany({ select: { state: true, view: true } });
    if (rows.length === 0) return;
    await dropMessages(this.db);
    await this.#forget();
    const couldHear = (): Promise<boolean> => this.#listening.longEnough();
    await this.#listening.look();
    for (const { state, view } of rows) {
      if (state !== 'active') continue;
      const route = routeViewSchema.parse(view);
      for (const cause of route.causes) {
        if (this.#stopping.signal.aborted) return;
        // Set anew, it is looked at anew.
        const key = `${route.name} ${cause} ${route.setAt} ${route.activeSince}`;
        if (performance.now() < (this.#nextLook.get(key) ?? 0)) continue;
        await lookAtCause({ db: this.db, route, couldHear }, cause).catch((error: unknown) =>
          this.#onError(error, key),
        );
        this.#nextLook.set(key, performance.now() + causeWatches[cause].everyMs);
      }
    }
  }

  async #forget(): Promise<void> {
    if (performance.now() < this.#nextForget) return;
    await forgetTargets(this.db);
    await forgetMessages(this.db);
    this.#nextForget = performance.now() + forgetEveryMs;
  }

  /** Not waited for: a receiver that hangs must not keep others from theirs. What is under way is not taken again. */
  #deliver(): Promise<void> {
    const { signal: stopping } = this.#stopping;
    const delivering = deliverDue({
      ...{ db: this.db, surroundings: { publicUrl: this.settings.publicUrl }, limits: { stopping } },
    })
      .then(() => undefined)
      .catch((error: unknown) => {
        if (!stopping.aborted) this.#onError(error);
      })
      .finally(() => this.#underWay.delete(delivering));
    this.#underWay.add(delivering);
    return Promise.resolve();
  }
}
