import { setTimeout as delay } from 'node:timers/promises';
import type { EventType, FeedPosition, RecordedEvent } from '#contracts';
import { fold, type Folding, type FoldMode, type StreamsAside } from './fold.js';
import { type Pace, restMs } from './pace.js';
import { Prisma, type PrismaClient, rowsOf, type Transaction } from './prisma.js';
import { type FeedEvent, type FeedPage, feedStart, readFeed, readFeedOf } from './read.js';
import { refold } from './refold.js';
import { isStreamsFault } from './streams-fault.js';
import { checkpointAt, ensureCheckpoint, takeTurn } from './turn.js';

/** A full pass is followed by the next at once, whatever the pace. */
export interface SubscriptionOptions extends Pace {
  db: PrismaClient;
  /** Names the checkpoint; of several subscribers with one name, only one advances at a time. */
  name: string;
  /** Applies the events within the transaction that also moves the checkpoint. */
  handle: Folding['handle'];
  /** Types of the events that `handle` heeds; the others are passed without being read. Left out, all. */
  types?: readonly EventType[];
  /** What it goes on without; left out, a stream that can't be folded fails every pass. */
  aside?: StreamsAside;
  /** Forgets what was folded of a stream, and that it was set aside, before all of it is folded once more. */
  reopen?: (tx: Transaction, stream: string) => Promise<void>;
  /** Asked in each pass; where it says no, the pass does nothing. */
  mayFold?: (tx: Transaction) => Promise<boolean>;
  /** Another subscription, which this one never passes: it reads what that one wrote. */
  behind?: string;
  /** Its checkpoint is made and removed by somebody else; without one a pass does nothing. */
  checkpointIsGiven?: boolean;
  /** Called after each commit with the events that were handled. */
  onAdvance?: (at: FeedPosition, events: readonly RecordedEvent[]) => void;
  /** Called for each failed pass; the subscription tries again after `retryMs`. */
  onError: (error: unknown) => void;
  batchSize?: number;
  /** What an event weighs beside being one of `batchSize`; a pass ends at the one with which `mostWeight` is reached. */
  weightOf?: (event: FeedEvent) => number;
  mostWeight?: number;
  /** While nothing is new it looks after so long, then after twice as long, up to `idleMaxMs`; `nudge` has it look at once. */
  idleMs?: number;
  idleMaxMs?: number;
  retryMs?: number;
  /** A pass that takes longer is rolled back and tried again. */
  passTimeoutMs?: number;
}

const defaultBatchSize = 500;

/**
 * Follows the feed and hands every event to `handle` exactly once, as far as what it writes through `tx` goes:
 * effects and checkpoint commit together or not at all.
 */
export class Subscription {
  #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #position: FeedPosition = feedStart;
  #hasCheckpoint = false;
  #nudged = false;
  #hurried = false;
  #sleep = new AbortController();
  #dueAtMs = -Infinity;

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
    this.#sleep.abort();
    await this.#running;
  }

  /**
   * Says that something new is there or soon will be, so that it need not be found by looking. Keeps the pace, but for `hurry`: what
   * comes seldom and is waited for.
   */
  nudge({ hurry = false } = {}): void {
    this.#nudged = true;
    this.#hurried ||= hurry;
    this.#sleep.abort();
  }

  /** How many committed events the checkpoint is behind. */
  async lag(): Promise<{ events: number }> {
    const { xid, position } = (await checkpointAt(this.options.db, this.options.name)) ?? feedStart;
    const [row] = await this.options.db.$queryRaw<{ behind: number }[]>`
      SELECT count(*)::integer AS behind FROM events WHERE (xid, position) > (${xid}::text::xid8, ${position}::text::bigint)`;
    return { events: row?.behind ?? 0 };
  }

  /** One pass: at most one batch. Returns how many events it passed; 0 also when another subscriber is at work. */
  async advance(): Promise<number> {
    try {
      return await this.#pass('bulk');
    } catch (error) {
      if (!this.options.aside || !isStreamsFault(error)) throw error;
      return await this.#pass('sifted');
    }
  }

  async #pass(mode: FoldMode): Promise<number> {
    const { db, name, onAdvance, mayFold, passTimeoutMs = 60_000 } = this.options;
    if (!this.#hasCheckpoint && this.options.checkpointIsGiven !== true) await ensureCheckpoint(db, name);
    this.#hasCheckpoint = true;
    const { at, passed, events } = await db.$transaction(
      async (tx) => {
        const from = await takeTurn(tx, name);
        if (!from || (mayFold && !(await mayFold(tx)))) return { passed: 0, events: [] };
        await refold(tx, name, this.options, mode);
        const { events: read, last, passed } = await this.#read(tx, from);
        if (!last) return { at: from, passed: 0, events: [] };
        const events = await fold(tx, read, this.options, mode);
        await tx.$executeRaw`
          UPDATE checkpoints SET xid = ${last.xid}, position = ${last.position}::text::bigint, updated_at = clock_timestamp()
           WHERE subscription = ${name}`;
        return { at: last, passed, events };
      },
      { timeout: passTimeoutMs, maxWait: passTimeoutMs },
    );
    // Gone meanwhile, or never there: the next pass has it.
    if (!at) this.#hasCheckpoint = false;
    // Also where another subscriber has moved the checkpoint and nothing was left for us.
    if (at) this.#position = at;
    if (at && passed > 0) onAdvance?.(at, events);
    return passed;
  }

  async #read(tx: Transaction, from: FeedPosition): Promise<FeedPage> {
    const { behind, types, batchSize = defaultBatchSize } = this.options;
    const until = behind === undefined ? undefined : ((await checkpointAt(tx, behind)) ?? feedStart);
    if (types !== undefined) return readFeedOf(tx, types, from, batchSize, until);
    const events = this.#cut(await readFeed(tx, from, batchSize, until));
    return { events, last: events.at(-1)?.meta.at, passed: events.length };
  }

  /** The events of one pass, at least one of them. */
  #cut(events: FeedEvent[]): FeedEvent[] {
    const { weightOf, mostWeight } = this.options;
    if (weightOf === undefined || mostWeight === undefined) return events;
    let weight = 0;
    const last = events.findIndex((event) => (weight += weightOf(event)) >= mostWeight);
    return last < 0 ? events : events.slice(0, last + 1);
  }

  /** Whether a pass may find something. One cheap query without a transaction id, which a turn costs. */
  async #hasNews(): Promise<boolean> {
    const { xid, position } = this.#position;
    const statement = Prisma.sql`
      SELECT (SELECT true FROM events
               WHERE (xid, position) > (${xid}::text::xid8, ${position}::text::bigint)
                 AND xid < pg_snapshot_xmin(pg_current_snapshot())
               ORDER BY events.xid, events.position LIMIT 1) IS NOT NULL
          OR EXISTS (SELECT FROM streams_to_refold WHERE subscription = ${this.options.name}) AS news`;
    const [row] = await rowsOf<{ news: boolean }>(this.options.db, statement);
    return row?.news ?? false;
  }

  async #run(): Promise<void> {
    const { onError, batchSize = defaultBatchSize } = this.options;
    const { retryMs = 1_000, idleMs = 50, idleMaxMs = 250 } = this.options;
    let idle = idleMs;
    let caughtUp = false;
    while (!this.#stopping.signal.aborted) {
      try {
        const beganAtMs = performance.now();
        const applied: number = caughtUp && !(await this.#hasNews()) ? 0 : await this.advance();
        caughtUp = applied === 0;
        if (!caughtUp) {
          idle = idleMs;
          const endedAtMs = performance.now();
          this.#dueAtMs = endedAtMs + restMs(this.options, endedAtMs - beganAtMs);
          if (applied < batchSize) await this.#keepPace();
          continue;
        }
        if (await this.#rest(idle)) idle = idleMs;
        else idle = Math.min(idle * 2, idleMaxMs);
      } catch (error) {
        onError(error);
        await this.#pause(retryMs);
      }
    }
  }

  /** @returns whether it was nudged meanwhile. */
  async #rest(ms: number): Promise<boolean> {
    this.#sleep = new AbortController();
    if (!this.#nudged && !this.#stopping.signal.aborted)
      await delay(ms, undefined, { signal: this.#sleep.signal }).catch(() => undefined);
    const nudged = this.#nudged;
    this.#nudged = false;
    await this.#keepPace();
    return nudged;
  }

  /** Waits until a pass is due again, or somebody is in a hurry. */
  async #keepPace(): Promise<void> {
    for (;;) {
      const tooEarlyMs = this.#dueAtMs - performance.now();
      if (tooEarlyMs <= 0 || this.#hurried || this.#stopping.signal.aborted) break;
      this.#sleep = new AbortController();
      await delay(tooEarlyMs, undefined, { signal: this.#sleep.signal }).catch(() => undefined);
    }
    this.#hurried = false;
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
