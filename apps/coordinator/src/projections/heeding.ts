import type { EventType, RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';
import type { Projection } from './projection.js';

/** A stored event of one of some types. */
export type RecordedOf<Type extends EventType> = Extract<RecordedEvent, { type: Type }>;

/** Tells which events are of these types. */
export function ofTypes<Type extends EventType>(types: readonly Type[]) {
  const known: ReadonlySet<string> = new Set(types);
  return (event: RecordedEvent): event is RecordedOf<Type> => known.has(event.type);
}

/**
 * The types of events that a projection heeds, and its fold of these and no others: a fold that asks for a type that is not
 * among them does not compile, because the feed would never hand it one.
 */
export function heeding<Type extends EventType>(
  types: readonly Type[],
  fold: (tx: Transaction, events: readonly RecordedOf<Type>[]) => Promise<void>,
): Pick<Projection, 'types' | 'fold'> {
  const heeded = ofTypes(types);
  return { types, fold: (tx, events) => fold(tx, events.filter(heeded)) };
}
