import type { RecordedEvent } from '#contracts';
import { isStreamsFault, readStream, readStreamAsItIs } from '#event-store';
import { streamsAside } from '../projections/set-aside.js';
import type { ReconcileContext } from './context.js';

/**
 * Reads a stream and folds it to decide on it. One that can't be folded, although the read model could make something of
 * it, is set aside: it would fail every pass, and with it whatever comes after it in the same step.
 *
 * @returns undefined when the stream was set aside.
 */
export async function foldOrSetAside<State>(
  { db, onError }: ReconcileContext,
  stream: string,
  fold: (events: readonly RecordedEvent[]) => State,
): Promise<{ before: readonly RecordedEvent[]; state: State } | undefined> {
  try {
    const before = await readStream(db, stream);
    return { before, state: fold(before) };
  } catch (error) {
    if (!isStreamsFault(error)) throw error;
    onError(error);
    const last = (await readStreamAsItIs(db, stream)).at(-1);
    if (last === undefined) throw error;
    await db.$transaction((tx) => streamsAside.setAside(tx, last, error));
    return undefined;
  }
}
