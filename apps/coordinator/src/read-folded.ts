import type { RecordedEvent } from '#contracts';
import { isStreamsFault, type PrismaClient, readStream } from '#event-store';

/** This release can't read or fold a stream, however often it tries: the read model goes on without it (set-aside). */
export class UnreadableStreamError extends Error {
  override readonly name = 'UnreadableStreamError';

  constructor(
    readonly stream: string,
    cause: unknown,
  ) {
    super(`this release can not take in the events of ${stream}`, { cause });
  }
}

/**
 * A stream's state as it stands, and the version it has.
 *
 * @throws UnreadableStreamError
 */
export async function readFolded<State>(
  db: PrismaClient,
  stream: string,
  fold: (events: readonly RecordedEvent[]) => State,
): Promise<{ version: number; state: State }> {
  try {
    const events = await readStream(db, stream);
    return { version: events.length, state: fold(events) };
  } catch (error) {
    throw isStreamsFault(error) ? new UnreadableStreamError(stream, error) : error;
  }
}

/** For views: null also where the stream can't be folded. */
export async function viewFolded<View>(
  db: PrismaClient,
  stream: string,
  fold: (events: readonly RecordedEvent[]) => View | null,
): Promise<View | null> {
  try {
    return (await readFolded(db, stream, fold)).state;
  } catch (error) {
    if (error instanceof UnreadableStreamError) return null;
    throw error;
  }
}
