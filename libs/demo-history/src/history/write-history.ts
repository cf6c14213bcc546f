import { appendAll, createPrisma, type PrismaClient, type Transaction } from '#event-store';
import type { History } from './history.js';
import type { Append } from './night.js';

export interface WriteOptions {
  /** A store of its own, as a login that may append as the coordinator does. */
  databaseUrl: string;
  history: History;
  /** Ends after the night under way. */
  signal?: AbortSignal;
  /** Told after each night, of how many runs stand in the store. */
  onNight?: (night: number, runs: number) => void;
}

/** So long a night may take: 2,000 hosts with 50 runs each on a busy machine. */
const nightTimeoutMs = 600_000;

/** Appends of one round trip: some 200 KB. */
const atOnce = 20;

function* inParts(appends: Iterable<Append>): Generator<Append[]> {
  let part: Append[] = [];
  for (const append of appends) {
    part.push(append);
    if (part.length < atOnce) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** While PostgreSQL stores some appends, the next ones are made. */
async function writeNight(tx: Transaction, appends: Iterable<Append>): Promise<void> {
  let underWay: Promise<void> = Promise.resolve();
  for (const part of inParts(appends)) {
    await underWay;
    underWay = appendAll(
      tx,
      part.map(({ version: expectedVersion, ...append }) => ({ ...append, expectedVersion })),
    );
    // Awaited in the next turn; until then it must not count as unhandled.
    underWay.catch(() => undefined);
    // So that the query goes out before this thread goes on making events.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await underWay;
}

/** Nights whose events stand in the store, from the first on without a gap. Where nothing ran, the next one tells. */
async function nightsWritten(db: PrismaClient, history: History): Promise<number> {
  const rows = await db.$queryRaw<{ stream: string }[]>`
    SELECT stream FROM events WHERE stream LIKE 'job-%' AND type = 'JobCompleted'`;
  const written = new Set(rows.map(({ stream }) => stream));
  let done = 0;
  for (let at = 0; at < history.story.options.days; at += 1) {
    const planned = history.night(at);
    if (planned === null) continue;
    if (!written.has(`job-${planned.jobId}`)) break;
    done = at + 1;
  }
  return done;
}

/**
 * Writes a history into a store of its own, a night a transaction, so that there is never half a night. Ended at any
 * line, the next call goes on after the last whole night.
 *
 * @returns whether all of it stands there now; false when the signal ended it.
 */
export async function writeHistory({ databaseUrl, ...rest }: WriteOptions): Promise<boolean> {
  const db = createPrisma(databaseUrl, { poolSize: 1, applicationName: 'xperf-fleet demo' });
  try {
    return await writeNights(db, rest);
  } finally {
    await db.$disconnect();
  }
}

async function writeNights(
  db: PrismaClient,
  { history, signal, onNight }: Omit<WriteOptions, 'databaseUrl'>,
): Promise<boolean> {
  const { days } = history.story.options;
  const runsOf = (night: number): number => history.night(night)?.runs.length ?? 0;
  const first = await nightsWritten(db, history);
  let runs = 0;
  for (let night = 0; night < first; night += 1) runs += runsOf(night);
  for (let night = first; night < days; night += 1) {
    if (signal?.aborted === true) return false;
    await db.$transaction((tx) => writeNight(tx, history.appendsOf(night)), {
      timeout: nightTimeoutMs,
      maxWait: nightTimeoutMs,
    });
    runs += runsOf(night);
    onNight?.(night, runs);
  }
  return true;
}
