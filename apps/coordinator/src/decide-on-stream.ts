import type { Cause, DomainEvent, RecordedEvent } from '#contracts';
import { append, type PrismaClient, WrongExpectedVersionError } from '#event-store';
import { readFolded } from './read-folded.js';

/** Others write to the streams that requests decide on rarely and little, so that a few looks always settle it. */
const looks = 5;

/**
 * Decides on a stream as it stands and appends what was decided; when somebody else was quicker, looks and decides anew.
 *
 * @param decide gives the events to append; what it throws is passed on.
 * @returns whether anything was appended.
 * @throws UnreadableStreamError when the stream can't be folded.
 */
export async function decideOnStream<State>(
  db: PrismaClient,
  stream: string,
  fold: (events: readonly RecordedEvent[]) => State,
  decide: (state: State) => readonly DomainEvent[],
  cause: Cause,
): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const { version, state } = await readFolded(db, stream, fold);
    const decided = decide(state).map((event) => ({ event }));
    if (decided.length === 0) return false;
    try {
      await append(db, stream, version, decided, cause);
      return true;
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError) || look === looks) throw error;
    }
  }
}
