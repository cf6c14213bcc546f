import { isReadable, isStreamsFault, type PrismaClient, readStreamsAsTheyAre } from '#event-store';
import { findingDecider, type KnownFinding, stateOf } from '#lifecycle';

/** A finding as its stream has it now. */
export interface StoredFinding extends KnownFinding {
  /** When fresh runs were asked for the last time, ms since 1970; null: never. */
  lastAskedMs: number | null;
  /** When it was resolved or, unconfirmed, went away: whole days since 1970; null: it is there. */
  endedDay: number | null;
}

const dayMs = 86_400_000;

const atOnce = 500;

/**
 * Every finding, from the store itself and not from the read model, which may be behind. Streams that this release can't take in are left
 * out.
 */
export async function knownFindings(db: PrismaClient): Promise<StoredFinding[]> {
  const rows = await db.$queryRaw<{ stream: string }[]>`
    SELECT DISTINCT stream FROM events WHERE type = 'RegressionSuspected' ORDER BY stream`;
  const found: StoredFinding[] = [];
  for (let at = 0; at < rows.length; at += atOnce) {
    const streams = await readStreamsAsTheyAre(
      db,
      rows.slice(at, at + atOnce).map(({ stream }) => stream),
    );
    for (const events of streams.values()) {
      const readable = events.filter(isReadable);
      if (readable.length < events.length) continue;
      try {
        const state = stateOf(findingDecider, readable);
        const lastMs = (of: string): number | null =>
          readable
            .filter(({ type }) => type === of)
            .at(-1)
            ?.meta.occurredAt.getTime() ?? null;
        if (state === 'new') continue;
        const ended = state.resolved ? 'RegressionResolved' : state.wentAway ? 'RegressionWithdrawn' : null;
        const endedMs = ended === null ? null : lastMs(ended);
        const endedDay = endedMs === null ? null : Math.floor(endedMs / dayMs);
        found.push({ ...state, lastAskedMs: lastMs('ConfirmationAsked'), endedDay });
      } catch (error) {
        if (!isStreamsFault(error)) throw error;
      }
    }
  }
  return found;
}
