import * as z from 'zod';
import { type Cause, type ReplayedRun, type ReplayReply, type ReplayRequest, runStream } from '#contracts';
import { parserVersion } from '#dmesg';
import type { PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import type { ReadModelProgress } from '../read-model/read-model-progress.js';
import { countBehind, outdatedBehind, placeCursor, placeOf, startOf } from './outdated-runs.js';
import { replayRun } from './replay-run.js';

/**
 * A slice ends after so many runs or so much time, whichever is first, and holds at least one run: a reply never takes
 * long, however many runs there are, and what it did is done whatever becomes of the next.
 */
const sliceLimits = { runs: 200, ms: 2_000 };
/** How long a reply waits for the read model, so that who looks next sees what was done. */
const readModelMs = 5_000;

/** A run to read again, and the cursor behind it. */
interface Next {
  runId: string;
  cursor: string;
}

interface Selection {
  next: Next[];
  /** Runs behind a number of those. */
  behind(done: number): Promise<number>;
}

const namedListing = 'replayed-runs';

function named(runs: readonly string[], cursor: string | undefined, limit: number): Selection {
  const [from] = cursor === undefined ? [0] : decodeCursor(namedListing, [z.int().nonnegative()], cursor);
  const ids = [...new Set(runs)];
  const next = ids
    .slice(from, from + limit)
    .map((runId, index) => ({ runId, cursor: encodeCursor(namedListing, [from + index + 1]) }));
  return { next, behind: (done) => Promise.resolve(Math.max(0, ids.length - from - done)) };
}

async function outdated(
  db: PrismaClient,
  sinceMs: number,
  cursor: string | undefined,
  limit: number,
): Promise<Selection> {
  const from = cursor === undefined ? startOf(sinceMs) : placeOf(cursor);
  const places = await outdatedBehind(db, from, sinceMs, limit);
  return {
    next: places.map((place) => ({ runId: place.runId, cursor: placeCursor(place) })),
    behind: (done) => countBehind(db, places[done - 1] ?? from, sinceMs),
  };
}

/** Reads the next runs again, as many as fit into a slice. A crash leaves whole runs; the same request completes it. */
export async function replaySlice(
  db: PrismaClient,
  readModel: ReadModelProgress,
  { runs, since, dryRun, cursor }: ReplayRequest,
  cause: Cause,
  slice = sliceLimits,
): Promise<ReplayReply> {
  const begun = performance.now();
  const sinceMs = since === undefined ? 0 : Date.parse(since);
  const selection =
    runs === undefined ? await outdated(db, sinceMs, cursor, slice.runs) : named(runs, cursor, slice.runs);
  const done: ReplayedRun[] = [];
  for (const { runId } of selection.next) {
    done.push(await replayRun(db, runId, dryRun, cause));
    if (performance.now() - begun > slice.ms) break;
  }
  const changed = dryRun ? [] : done.filter(({ outcome }) => outcome === 'rederived');
  await readModel.contains(
    changed.map(({ runId }) => runStream(runId)),
    readModelMs,
  );
  const left = await selection.behind(done.length);
  const nextCursor = left > 0 ? (selection.next[done.length - 1]?.cursor ?? null) : null;
  return { parserVersion, dryRun, runs: done, left, nextCursor };
}
