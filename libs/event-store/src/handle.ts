import type { Cause, DomainEvent, RecordedEvent } from '#contracts';
import { type Decider, stateOf } from '#lifecycle';
import { appendTogether } from './append-together.js';
import { type NewEvent, WrongExpectedVersionError } from './append.js';
import type { PrismaClient, Transaction } from './prisma.js';
import { readStream } from './read.js';
import { isStreamsFault } from './streams-fault.js';

/** This release can't read or fold a stream, however often it tries. `cause` says why. */
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
 * A subject as its stream has it now; version 0 when there is none.
 *
 * @throws UnreadableStreamError
 */
export async function readState<State, Command, Event extends DomainEvent>(
  db: PrismaClient | Transaction,
  decider: Decider<State, Command, Event>,
  id: string,
): Promise<{ state: State; version: number; events: RecordedEvent[] }> {
  const stream = decider.stream(id);
  try {
    const events = await readStream(db, stream);
    return { state: stateOf(decider, events), version: events.at(-1)?.meta.version ?? 0, events };
  } catch (error) {
    throw isStreamsFault(error) ? new UnreadableStreamError(stream, error) : error;
  }
}

export interface Handling<Event> {
  /** `causationId` left out: the latest event of the stream led to it. */
  cause: Omit<Cause, 'causationId'> & Partial<Pick<Cause, 'causationId'>>;
  /** Gives a decided event its id or payload. Commands that may be carried out twice give equal decisions equal ids. */
  envelope?: (event: Event) => NewEvent;
  /** The subject is new, so that its stream is not read before the first try. */
  isNew?: boolean;
  /** Stands in for `appendTogether`. */
  append?: typeof appendTogether;
}

export interface Handled<State, Event> {
  /** The events that the command added; none when it changed nothing. */
  appended: Event[];
  /** State and version of the stream after them. */
  state: State;
  version: number;
}

/** Few write to one stream at the same time, so that a few tries settle it; more would be a fault. */
const mostTries = 5;

/**
 * Carries a command out on a subject: reads its stream, decides, appends what was decided at the version that was read.
 * When somebody else was quicker, the command is decided again on what the stream is then.
 *
 * @throws UnreadableStreamError; Refused and whatever else the decider throws; WrongExpectedVersionError when others were
 *   quicker `mostTries` times in a row.
 */
export async function handle<State, Command, Event extends DomainEvent>(
  db: PrismaClient,
  decider: Decider<State, Command, Event>,
  id: string,
  command: Command,
  handling: Handling<Event>,
): Promise<Handled<State, Event>> {
  const { envelope = (event) => ({ event }), isNew = false, append: add = appendTogether } = handling;
  for (let tries = 1; ; tries += 1) {
    const blank = { state: decider.initial, version: 0, events: [] };
    const before = isNew && tries === 1 ? blank : await readState(db, decider, id);
    const appended = decider.decide(command, before.state);
    if (appended.length === 0) return { appended, state: before.state, version: before.version };
    const cause = { causationId: before.events.at(-1)?.meta.eventId ?? null, ...handling.cause };
    try {
      const version = await add(db, decider.stream(id), before.version, appended.map(envelope), cause);
      return { appended, state: appended.reduce(decider.evolve, before.state), version };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError) || tries === mostTries) throw error;
    }
  }
}
