import type { DomainEvent } from '#contracts';
import {
  handle,
  type Handling,
  readStreamAsItIs,
  UnreadableStreamError,
  WrongExpectedVersionError,
} from '#event-store';
import type { Decider } from '#lifecycle';
import { streamsAside } from '../projections/set-aside.js';
import { actor, type ReconcileContext } from './context.js';

/**
 * Carries a command out as the reconciler, on the stream as it is now and not on the read model. A stream that can't be
 * folded, although the read model could make something of it, is set aside: it would fail every pass, and with it
 * whatever comes after it in the same step.
 *
 * @returns the events appended; none when the command changed nothing, when others keep writing to the stream, which the
 *   next pass will see, or when it was set aside.
 */
export async function handleOrSetAside<State, Command, Event extends DomainEvent>(
  { db, append, onError }: ReconcileContext,
  decider: Decider<State, Command, Event>,
  id: string,
  command: Command,
  {
    cause,
    ...handling
  }: Omit<Handling<Event>, 'append' | 'cause'> & { cause: Omit<Handling<Event>['cause'], 'actor'> },
): Promise<Event[]> {
  try {
    const { appended } = await handle(db, decider, id, command, { ...handling, cause: { ...cause, actor }, append });
    return appended;
  } catch (error) {
    if (error instanceof WrongExpectedVersionError) return [];
    if (!(error instanceof UnreadableStreamError)) throw error;
    await setAside({ db, onError }, error);
    return [];
  }
}

/** Reports that a stream can't be folded, and has the read model go on without it. */
export async function setAside(
  { db, onError }: Pick<ReconcileContext, 'db' | 'onError'>,
  error: UnreadableStreamError,
): Promise<void> {
  onError(error.cause);
  const last = (await readStreamAsItIs(db, error.stream)).at(-1);
  if (last === undefined) throw error;
  await db.$transaction((tx) => streamsAside.setAside(tx, last, error.cause));
}
