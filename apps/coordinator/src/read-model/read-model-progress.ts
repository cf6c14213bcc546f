import { Inject, Injectable } from '@nestjs/common';
import type { FeedPosition } from '#contracts';
import { checkpointAt, isAtOrPast, type PrismaClient } from '#event-store';
import { operational } from '../projections/operational.js';
import { checkpointOf } from '../projections/projection.js';
import { DATABASE } from '../tokens.js';
import { ChangeSignal } from './change-signal.js';
import { type Lag, lagOf } from './lag.js';

/** How far the read model is. Whichever coordinator moves it, its checkpoint row says so. */
@Injectable()
export class ReadModelProgress {
  readonly #signal = new ChangeSignal();
  #nudges: (() => void)[] = [];

  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  /** Called when this process moved the read model. */
  advanced(): void {
    this.#signal.changed();
  }

  /** Names whom to tell that there is something to read. */
  onWanted(nudge: () => void): void {
    this.#nudges.push(nudge);
  }

  /** Says that something was written, so that it need not be found by looking. */
  wanted(): void {
    for (const nudge of this.#nudges) nudge();
  }

  /** Resolves when this process moved the read model, after `timeoutMs`, or when the signal fires. */
  change(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#signal.next(timeoutMs, signal);
  }

  /**
   * Waits until the read model contains the last event of each stream, so that a reply is not ahead of what the client
   * reads next. Answers whether that happened within `timeoutMs`.
   */
  async contains(streams: readonly string[], timeoutMs: number): Promise<boolean> {
    const [goal] = await this.db.$queryRaw<FeedPosition[]>`
      SELECT xid::text AS xid, position::text AS position FROM events
       WHERE stream = ANY(${[...streams]}::text[]) ORDER BY events.xid DESC, events.position DESC LIMIT 1`;
    if (goal === undefined) return true;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const at = await checkpointAt(this.db, checkpointOf(operational));
      if (at !== undefined && isAtOrPast(at, goal)) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      this.wanted();
      await this.change(Math.min(left, 50));
    }
  }

  /** How far the tables that API and reconciler go by are behind the store. */
  lag(): Promise<Lag> {
    return lagOf(this.db, checkpointOf(operational));
  }
}
