import type { Cause, DomainEvent, RecordedEvent } from '#contracts';
import { append, type PrismaClient, readStream, WrongExpectedVersionError } from '#event-store';

/** Others write to the streams that requests decide on rarely and little, so that a few looks always settle it. */
const looks = 5;

/**
 * Decides on a stream as it stands and appends what was decided; when somebody else was quicker, looks and decides anew.
 *
 * @param decide gets the stream's events and gives those to append; what it throws is passed on.
 * @returns whether anything was appended.
 */
export async function decideOnStream(
  db: PrismaClient,
  stream: string,
  decide: (events: readonly RecordedEvent[]) => readonly DomainEvent[],
  cause: Cause,
): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const events = await readStream(db, stream);
    const decided = decide(events).map((event) => ({ event }));
    if (decided.length === 0) return false;
    try {
      await append(db, stream, events.length, decided, cause);
      return true;
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError) || look === looks) throw error;
    }
  }
}
