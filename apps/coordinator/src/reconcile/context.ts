import type { append, PrismaClient } from '#event-store';
import type { RunQueue } from '#queue';

/** What the steps of the reconciler work with. */
export interface ReconcileContext {
  db: PrismaClient;
  queue: Pick<RunQueue, 'putAll' | 'counts' | 'remove' | 'mend' | 'resume'>;
  /** The event store's `append`; a test puts a crash in its place. */
  append: typeof append;
  /** Hears of what could not be done. */
  onError: (error: unknown) => void;
  /** Most runs that one step takes up in one pass. */
  batchSize: number;
}

export const actor = 'coordinator:reconciler';

/** Appends under way at the same time; half of the coordinator's connections, so that requests are served meanwhile. */
const atOnce = 5;

/** Does something for each item, a few at a time. The first failure ends it. */
export async function forEachSome<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map(act));
  }
}
