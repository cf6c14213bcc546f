import type { EventType, RecordedEvent } from '#contracts';
import type { FeedEvent, Pace, StreamsAside, Transaction } from '#event-store';

/** Some tables of the read model and how events are folded into them. A value, not a class: generic code does the rest. */
export interface Projection extends Pace {
  /** Lower case, with underscores. */
  readonly name: string;
  /** Raise it with every change that gives other rows: the tables are then refilled from history, and swapped. */
  readonly version: number;
  readonly tables: readonly string[];
  /**
   * Writes what these events say, within the transaction that moves the checkpoint. Events may come again, and what is
   * folded twice must be as if folded once. While the tables are refilled they are in another schema, so raw SQL
   * names no schema, and of other projections' tables only raw SQL may read.
   */
  readonly fold: (tx: Transaction, events: readonly RecordedEvent[]) => Promise<void>;
  /** Types of the events that the fold heeds, so that the others are not read for it; given by `heeding`. Left out, all. */
  readonly types?: readonly EventType[];
  /**
   * The projection whose tables the fold reads. It never runs ahead of that one, but may find it further than the events
   * that it is handed, so it must write what those tables say now. Filled again whenever that one was.
   */
  readonly reads?: Projection;
  /**
   * Keeps what it goes on without. Left out, events that can't be read are passed over (who keeps the run tells of them)
   * and one that can't be folded stops this projection.
   */
  readonly aside?: StreamsAside & { reopen: (tx: Transaction, stream: string) => Promise<void> };
  /** Names its checkpoint, where that is not its name. */
  readonly checkpoint?: string;
  /** Events of one pass. */
  readonly batchSize: number;
  /** What folding an event costs beside the usual; a pass ends at the event with which `mostWeight` is reached. */
  readonly weightOf?: (event: FeedEvent) => number;
  readonly mostWeight?: number;
}

export function checkpointOf({ name, checkpoint }: Projection): string {
  return checkpoint ?? name;
}
