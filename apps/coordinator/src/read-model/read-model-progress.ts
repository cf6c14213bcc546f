import { Inject, Injectable } from '@nestjs/common';
import type { FeedPosition } from '#contracts';
import type { PrismaClient } from '#event-store';
import { readModelName } from '../projections/read-model.js';
import { DATABASE } from '../tokens.js';
import { ChangeSignal } from './change-signal.js';

function isAtOrPast(at: FeedPosition, goal: FeedPosition): boolean {
  const [xid, goalXid] = [BigInt(at.xid), BigInt(goal.xid)];
  return xid > goalXid || (xid === goalXid && BigInt(at.position) >= BigInt(goal.position));
}

/** How far the read model is. Whichever coordinator moves it, its checkpoint row says so. */
@Injectable()
export class ReadModelProgress {
  readonly #signal = new ChangeSignal();

  constructor(@Inject(DATABASE) private readonly db: PrismaClient) {}

  /** Called when this process moved the read model. */
  advanced(): void {
    this.#signal.changed();
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
      const [at] = await this.db.$queryRaw<FeedPosition[]>`
        SELECT xid, position::text AS position FROM checkpoints WHERE subscription = ${readModelName}`;
      if (at !== undefined && isAtOrPast(at, goal)) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await this.change(Math.min(left, 50));
    }
  }

  /** Committed events that the read model has not taken in, and for how long the oldest of them has waited. */
  async lag(): Promise<{ events: number; oldestMs: number }> {
    const [row] = await this.db.$queryRaw<{ events: number; oldest_ms: number }[]>`
      SELECT count(*)::integer AS events,
             coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)) * 1000, 0)::float8 AS oldest_ms
        FROM events
       WHERE (xid, position) > (SELECT coalesce(max(xid), '0')::xid8, coalesce(max(position), 0)
                                  FROM checkpoints WHERE subscription = ${readModelName})`;
    return { events: row?.events ?? 0, oldestMs: row?.oldest_ms ?? 0 };
  }
}
