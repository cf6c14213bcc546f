import type { RecordedEvent } from '#contracts';
import type { Transaction } from './prisma.js';
import { type FeedEvent, isReadable, type UnreadableEvent } from './read.js';
import { isStreamsFault } from './streams-fault.js';

/** Keeps which streams a subscription goes on without, because it can't fold them. */
export interface StreamsAside {
  /** Which of these streams are set aside. */
  among(tx: Transaction, streams: readonly string[]): Promise<ReadonlySet<string>>;
  /** Sets the stream of an event aside, from this event on. */
  setAside(tx: Transaction, event: FeedEvent, error: unknown): Promise<void>;
}

export interface Folding {
  handle: (tx: Transaction, events: readonly RecordedEvent[]) => Promise<void>;
  /** Left out, a stream that can't be folded fails the whole. */
  aside?: StreamsAside | undefined;
}

/** `bulk` is quick and fails as a whole; `sifted` finds the events at fault, in as many savepoints as that takes. */
export type FoldMode = 'bulk' | 'sifted';

/**
 * Hands events to `handle`, but for those of streams that are set aside. A stream is set aside at its first event that
 * can't be read and, where `sifted`, at the first that can't be folded; what came before it stays folded, so that the
 * outcome does not depend on where a batch begins.
 *
 * @returns what was folded.
 */
export async function fold(
  tx: Transaction,
  events: readonly FeedEvent[],
  { handle, aside }: Folding,
  mode: FoldMode,
): Promise<RecordedEvent[]> {
  const streams = [...new Set(events.map(({ meta }) => meta.stream))];
  const left = new Set(aside && streams.length > 0 ? await aside.among(tx, streams) : []);
  const readable: RecordedEvent[] = [];
  const unreadable: UnreadableEvent[] = [];
  const ended = new Set(left);
  for (const event of events) {
    if (ended.has(event.meta.stream)) continue;
    if (isReadable(event)) {
      readable.push(event);
    } else {
      if (!aside) throw event.error;
      ended.add(event.meta.stream);
      unreadable.push(event);
    }
  }
  const folded = mode === 'sifted' && aside ? await sift(tx, readable, handle, aside, left) : readable;
  if (folded === readable && readable.length > 0) await handle(tx, readable);
  for (const event of unreadable) if (!left.has(event.meta.stream)) await aside?.setAside(tx, event, event.error);
  return folded;
}

/** Halves what fails until the event at fault is alone: about as much work again as the whole, whatever its size. */
async function sift(
  tx: Transaction,
  events: readonly RecordedEvent[],
  handle: Folding['handle'],
  aside: StreamsAside,
  left: Set<string>,
): Promise<RecordedEvent[]> {
  const wanted = events.filter(({ meta }) => !left.has(meta.stream));
  const [first] = wanted;
  if (first === undefined) return [];
  await tx.$executeRaw`SAVEPOINT sift`;
  try {
    await handle(tx, wanted);
    await tx.$executeRaw`RELEASE SAVEPOINT sift`;
    return wanted;
  } catch (error) {
    if (!isStreamsFault(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT sift`;
    await tx.$executeRaw`RELEASE SAVEPOINT sift`;
    if (wanted.length === 1) {
      left.add(first.meta.stream);
      await aside.setAside(tx, first, error);
      return [];
    }
  }
  const half = Math.ceil(wanted.length / 2);
  const before = await sift(tx, wanted.slice(0, half), handle, aside, left);
  return [...before, ...(await sift(tx, wanted.slice(half), handle, aside, left))];
}
