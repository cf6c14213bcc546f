import type { append, appendMany, PrismaClient } from '#event-store';
import type { RunQueue } from '#queue';
import type { OnError } from '#logging';

/** What the steps of the reconciler work with. */
export interface ReconcileContext {
  db: PrismaClient;
  queue: Pick<RunQueue, 'putAll' | 'standing' | 'removeAll' | 'repair' | 'resume'>;
  /** The event store's `append`; a test puts a crash in its place. */
  append: typeof append;
  /** The same for many runs at once. */
  appendMany: typeof appendMany;
  onError: OnError;
  /** Most runs that one step takes up in one pass. */
  batchSize: number;
}

export const actor = 'coordinator:reconciler';

/** Appends under way at the same time; half of the coordinator's connections, so that requests are served meanwhile. */
const atOnce = 5;

/**
 * Does something for each item, a few at a time. What fails for one is reported under its name and keeps none of the
 * others from their turn, since it may fail for ever.
 *
 * @throws when the database does not answer: then it is no item's own trouble, and the rest would only wait for it too.
 */
export async function forEachSome<T>(
  { db, onError }: Pick<ReconcileContext, 'db' | 'onError'>,
  items: readonly T[],
  nameOf: (item: T) => string,
  act: (item: T) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    const failed: { error: unknown; about: string }[] = [];
    await Promise.all(
      items
        .slice(from, from + atOnce)
        .map((item) => act(item).catch((error: unknown) => failed.push({ error, about: nameOf(item) }))),
    );
    if (failed.length > 0) await db.$queryRaw`SELECT 1`;
    for (const { error, about } of failed) onError(error, about);
  }
}
