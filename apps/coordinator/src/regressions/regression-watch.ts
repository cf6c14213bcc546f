import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { type PrismaClient, sqlError } from '#event-store';
import { seldom } from '#logging';
import type { Settings } from '../environment.js';
import { projections } from '../projections/projections.js';
import { ReadModelProgress } from '../read-model/read-model-progress.js';
import { dueFills } from '../read-model/standing.js';
import { repeating } from '../repeating.js';
import { DATABASE, LOGGER, SETTINGS } from '../tokens.js';
import { systemUser } from '../system-user.js';
import { askForLook, claimLook, endLook, failLook, lookIsDue, lookWaits, LookLostError, renewLook } from './looks.js';
import { settleFindings } from './settle-confirmations.js';
import { takeLook } from './take-look.js';

/** Three queries by index a tick; a finding waits that long for its next step. */
const tickMs = 2_000;
/** The first look of a fleet goes back so far: it may have history. */
const firstLookMs = 365 * 86_400_000;

const reasonOf = (error: unknown): string => sqlError(error).message || String(error);

/** Looks at the fleet for regressions, every so often and when asked, and brings findings to their end. One coordinator of several looks. */
@Injectable()
export class RegressionWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #holder = randomUUID();
  readonly #onError: (error: unknown, about?: string) => void;
  #running: Promise<unknown> | undefined;

  constructor(
    @Inject(DATABASE) private readonly db: PrismaClient,
    @Inject(LOGGER) log: Logger,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly readModel: ReadModelProgress,
  ) {
    this.#onError = seldom((error, about, untold) => {
      log.error({ err: error, about, untold }, 'watching for regressions failed; it is tried again');
    }, reasonOf);
  }

  onApplicationBootstrap(): void {
    const rhythm = { everyMs: tickMs, signal: this.#stopping.signal, onError: this.#onError };
    this.#running = Promise.all([repeating(() => this.#look(), rhythm), repeating(() => this.#settle(), rhythm)]);
  }

  /** Ends after the step under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #settle(): Promise<void> {
    const moved = await settleFindings({ db: this.db, correlationId: randomUUID() }, this.#onError);
    if (moved > 0) this.readModel.wanted();
  }

  async #look(): Promise<void> {
    const { lookEveryMs, leaseMs } = this.settings;
    const due = lookEveryMs === null ? null : await lookIsDue(this.db, lookEveryMs);
    if (due === null && !(await lookWaits(this.db))) return;
    // After an upgrade there are no days yet.
    if ((await dueFills(this.db, projections)).length > 0) return;
    if (due !== null) await askForLook(this.db, systemUser, Date.now() - (due === 'first' ? firstLookMs : 0));
    const look = await claimLook(this.db, this.#holder);
    if (look === null) return;
    const { lookId, sinceMs } = look;
    const renew = async (): Promise<void> => {
      this.#stopping.signal.throwIfAborted();
      await renewLook(this.db, lookId, this.#holder);
    };
    try {
      const at = { sinceMs, nowMs: Date.now(), everyMs: lookEveryMs, leaseMs, correlationId: lookId };
      await endLook(this.db, lookId, this.#holder, await takeLook({ db: this.db, ...at, renew }));
      this.readModel.wanted();
    } catch (error) {
      // A coordinator that stops leaves its look to the next.
      if (error instanceof LookLostError || this.#stopping.signal.aborted) return;
      await failLook(this.db, lookId, this.#holder, reasonOf(error));
      throw error;
    }
  }
}
