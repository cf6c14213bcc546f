import type { Cause, DomainEvent } from '#contracts';
import { type Decider, stateOf } from '#lifecycle';
import { appendMany, type Decision } from './append-many.js';
import { type NewEvent, WrongExpectedVersionError } from './append.js';
import { UnreadableStreamError } from './handle.js';
import type { PrismaClient } from './prisma.js';
import { type FeedEvent, isReadable, readStreamsAsTheyAre } from './read.js';
import { isStreamsFault } from './streams-fault.js';

/** A command for one subject of many. */
export interface Order<Command> {
  id: string;
  command: Command;
  /** `causationId` left out: the latest event of the stream led to it. */
  cause: Omit<Cause, 'causationId'> & Partial<Pick<Cause, 'causationId'>>;
}

/** What became of an order: the events appended, none when it changed nothing; or why it failed. */
export type Executed<Event> = { appended: Event[] } | { failed: unknown };

export interface HandlingMany<Event> {
  /** Gives a decided event its id. Orders that may be carried out twice give equal decisions equal ids. */
  envelope: (event: Event) => NewEvent;
  /** Stands in for `appendMany`. */
  appendMany?: typeof appendMany;
}

function decided<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  { id, command, cause }: Order<Command>,
  events: readonly FeedEvent[],
  envelope: HandlingMany<Event>['envelope'],
): { decision: Decision; appended: Event[] } {
  const stream = decider.stream(id);
  const readable = events.map((event) => {
    if (isReadable(event)) return event;
    throw new UnreadableStreamError(stream, event.error);
  });
  const last = events.at(-1)?.meta;
  let state: State;
  try {
    state = stateOf(decider, readable);
  } catch (error) {
    throw isStreamsFault(error) ? new UnreadableStreamError(stream, error) : error;
  }
  const appended = decider.decide(command, state);
  const why = { causationId: last?.eventId ?? null, ...cause };
  const decision = { stream, expectedVersion: last?.version ?? 0, events: appended.map(envelope), cause: why };
  return { decision, appended };
}

/** As with `handle`. */
const mostTries = 5;

/**
 * Carries commands out on many subjects of one kind: reads all their streams in one query, decides each by itself and
 * appends in as few calls as `appendMany` needs. Those that somebody else was quicker with are decided again.
 *
 * @returns what became of each order, in their order; one that others were quicker with `mostTries` times has failed with
 *   a WrongExpectedVersionError.
 * @throws what the database throws when it does not answer.
 */
export async function handleMany<State, Command, Event extends DomainEvent>(
  db: PrismaClient,
  decider: Decider<State, Command, Event>,
  orders: readonly Order<Command>[],
  handling: HandlingMany<Event>,
): Promise<Executed<Event>[]> {
  const executed: Executed<Event>[] = orders.map(() => ({ appended: [] }));
  let left = [...orders.keys()];
  for (let tries = 1; left.length > 0 && tries <= mostTries; tries += 1) {
    const some = left.flatMap((at) => orders[at] ?? []);
    const outcomes = await handleOnce(db, decider, some, handling);
    for (const [index, at] of left.entries()) executed[at] = outcomes[index] ?? { appended: [] };
    left = left.filter((_, index) => isOvertaken(outcomes[index]));
  }
  return executed;
}

const isOvertaken = (one: Executed<unknown> | undefined): boolean =>
  one !== undefined && 'failed' in one && one.failed instanceof WrongExpectedVersionError;

async function handleOnce<State, Command, Event extends DomainEvent>(
  db: PrismaClient,
  decider: Decider<State, Command, Event>,
  orders: readonly Order<Command>[],
  { envelope, appendMany: add = appendMany }: HandlingMany<Event>,
): Promise<Executed<Event>[]> {
  const streams = await readStreamsAsTheyAre(
    db,
    orders.map(({ id }) => decider.stream(id)),
  );
  const executed: Executed<Event>[] = [];
  const pending: { at: number; decision: Decision; appended: Event[] }[] = [];
  for (const [at, order] of orders.entries()) {
    try {
      const { decision, appended } = decided(decider, order, streams.get(decider.stream(order.id)) ?? [], envelope);
      executed.push({ appended: [] });
      if (appended.length > 0) pending.push({ at, decision, appended });
    } catch (error) {
      executed.push({ failed: error });
    }
  }
  const outcomes = await add(
    db,
    pending.map(({ decision }) => decision),
  );
  for (const [index, { at, appended }] of pending.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined) executed[at] = 'version' in outcome ? { appended } : { failed: outcome.refused };
  }
  return executed;
}
