import type { PrismaClient } from '#event-store';

/** PostgreSQL's clock, ms: the one by which leases run out. */
export async function databaseNow(db: PrismaClient): Promise<number> {
  const [row] = await db.$queryRaw<
    { now: number }[]
  >`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`;
  if (row === undefined) throw new Error('PostgreSQL gave no time');
  return row.now;
}

/**
 * Whether heartbeats could be heard for a whole lease time. What was not listened to is taken off again: a process that
 * was stopped, a machine that was suspended, a database that was away or hung, a clock that was set forward. So workers
 * get a lease time in which they can be heard before any is given up.
 *
 * By the database's clock, because a process can't tell for how long it was suspended, and monotonic time runs on while
 * it is stopped.
 */
export class Listening {
  #last: number | undefined;
  #heardMs = 0;
  /** Time between two looks at the clock counts for at most so much; whatever is beyond it, nobody was heard. */
  readonly #mostAtOnceMs: number;
  /** How often to look, at least. */
  readonly lookEveryMs: number;

  constructor(
    private readonly now: () => Promise<number>,
    private readonly leaseMs: number,
  ) {
    this.#mostAtOnceMs = Math.max(1_000, leaseMs / 10);
    this.lookEveryMs = this.#mostAtOnceMs / 2;
  }

  /** Looks at the clock. Rejects when the database does not answer. */
  async look(): Promise<void> {
    const now = await this.now();
    const passedMs = Math.max(0, now - (this.#last ?? now));
    const heardMs = Math.min(passedMs, this.#mostAtOnceMs);
    const missedMs = passedMs - heardMs;
    // A little more than a lease time, so that looks that come late on a busy machine don't keep it below for ever.
    const enoughMs = this.leaseMs + this.#mostAtOnceMs;
    this.#heardMs = Math.max(0, Math.min(enoughMs, this.#heardMs + heardMs) - missedMs);
    this.#last = now;
  }

  /** Looks at the clock and tells whether a lease that has run out by it may be believed. */
  async longEnough(): Promise<boolean> {
    await this.look();
    return this.#heardMs >= this.leaseMs;
  }
}
