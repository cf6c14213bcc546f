import { setTimeout as delay } from 'node:timers/promises';
import type { FeedPosition, RecordedEvent } from '#contracts';
import type { PrismaClient, Transaction } from './prisma.js';
import { feedStart, readFeed } from './read.js';

export interface SubscriptionOptions {
  db: PrismaClient;
  /** Names the checkpoint; of several subscribers with one name, only one advances at a time. */
  name: string;
  /** Applies the events within the transaction that also moves the checkpoint. */
  handle: (tx: Transaction, events: readonly RecordedEvent[]) => Promise<void>;
  /** Told after each commit. */
  onAdvance?: (at: FeedPosition, events: readonly RecordedEvent[]) => void;
  /** Told of each failed pass; the subscription tries again after `retryMs`. */
  onError: (error: unknown) => void;
  batchSize?: number;
  idleMs?: number;
  idleMaxMs?: number;
  retryMs?: number;
  /** A pass that takes longer is rolled back and tried again. */
  passTimeoutMs?: number;
}

/**
 * Follows the feed and hands every event to `handle` exactly once, as far as what it writes through `tx` goes:
 * effects and checkpoint commit together or not at all.
 */
export class Subscription {
  #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #position: FeedPosition = feedStart;

  constructor(private readonly options: SubscriptionOptions) {}

  /** Where the last committed pass ended, as far as this subscriber knows. */
  get position(): FeedPosition {
    return this.#position;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the pass under way has committed. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** How many committed events the checkpoint is behind. */
  async lag(): Promise<{ events: number }> {
    const [row] = await this.options.db.$queryRaw<{ behind: number }[]>`
      SELECT count(*)::integer AS behind FROM events
       WHERE (xid, position) > (SELECT coalesce(max(xid), '0')::xid8, coalesce(max(position), 0)
                                  FROM checkpoints WHERE subscription = ${this.options.name})`;
    return { events: row?.behind ?? 0 };
  }

  /** One pass: at most one batch. Returns how many events it applied; 0 also when another subscriber is at work. */
  async advance(): Promise<number> {
    const { db, name, handle, onAdvance, batchSize = 500, passTimeoutMs = 60_000 } = this.options;
    const { at, events } = await db.$transaction(
      async (tx) => {
        const from = await this.#takeTurn(tx, name);
        if (!from) return { events: [] };
        const events = await readFeed(tx, from, batchSize);
        const last = events.at(-1)?.meta.at;
        if (!last) return { at: from, events };
        await handle(tx, events);
        await tx.$executeRaw`
          INSERT INTO checkpoints (subscription, xid, position) VALUES (${name}, ${last.xid}, ${last.position}::text::bigint)
          ON CONFLICT (subscription) DO UPDATE
             SET xid = excluded.xid, position = excluded.position, updated_at = clock_timestamp()`;
        return { at: last, events };
      },
      { timeout: passTimeoutMs, maxWait: passTimeoutMs },
    );
    // Also where another subscriber has moved the checkpoint and nothing was left for us.
    if (at) this.#position = at;
    if (at && events.length > 0) onAdvance?.(at, events);
    return events.length;
  }

  /** Whether a pass may find something. One cheap query, where a pass that finds nothing takes five. */
  async #hasNews(): Promise<boolean> {
    const { xid, position } = this.#position;
    const [row] = await this.options.db.$queryRaw<{ news: boolean }[]>`
      SELECT EXISTS (SELECT FROM events
                      WHERE (xid, position) > (${xid}::text::xid8, ${position}::text::bigint)
                        AND xid < pg_snapshot_xmin(pg_current_snapshot())) AS news`;
    return row?.news ?? false;
  }

  /**
   * Takes this subscription's turn for the length of the transaction; undefined when another subscriber has it.
   * An advisory lock, because locking the row would spend a transaction id on every idle poll and, with it, hold
   * back the feed's own horizon.
   */
  async #takeTurn(tx: Transaction, name: string): Promise<FeedPosition | undefined> {
    const [turn] = await tx.$queryRaw<{ mine: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtextextended('xf:subscription:' || ${name}, 0)) AS mine`;
    if (!turn?.mine) return undefined;
    const [at] = await tx.$queryRaw<FeedPosition[]>`
      SELECT xid, position::text AS position FROM checkpoints WHERE subscription = ${name}`;
    return at ?? feedStart;
  }

  async #run(): Promise<void> {
    const { onError, idleMs = 50, idleMaxMs = 250, retryMs = 1_000 } = this.options;
    let idle = idleMs;
    let caughtUp = false;
    while (!this.#stopping.signal.aborted) {
      try {
        const applied: number = caughtUp && !(await this.#hasNews()) ? 0 : await this.advance();
        caughtUp = applied === 0;
        if (!caughtUp) {
          idle = idleMs;
          continue;
        }
        await this.#pause(idle);
        idle = Math.min(idle * 2, idleMaxMs);
      } catch (error) {
        onError(error);
        await this.#pause(retryMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { signal: this.#stopping.signal });
    } catch (error) {
      // Being stopped ends the pause; the loop sees it.
      if (!this.#stopping.signal.aborted) throw error;
    }
  }
}
