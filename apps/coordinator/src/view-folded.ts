import type { RecordedEvent } from '#contracts';
import { isStreamsFault, type PrismaClient, readStream } from '#event-store';

/** A view made of a stream's events; null also where this release can't take them in. */
export async function viewFolded<View>(
  db: PrismaClient,
  stream: string,
  view: (events: readonly RecordedEvent[]) => View | null,
): Promise<View | null> {
  try {
    return view(await readStream(db, stream));
  } catch (error) {
    if (isStreamsFault(error)) return null;
    throw error;
  }
}
