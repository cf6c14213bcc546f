import type { DomainEvent } from '#contracts';

/** All that there is to know of one kind of subject: where its events stand, what they make of it, what a command does. */
export interface Decider<State, Command, Event extends DomainEvent> {
  /** The name of a subject's stream. */
  stream: (id: string) => string;
  /** The state before the first event. */
  initial: State;
  /** Whether an event is of the kinds that such a stream is made of. */
  owns: (event: DomainEvent) => event is Event;
  /** @throws Error when the event can't follow: the stream is broken. */
  evolve: (state: State, event: Event) => State;
  /** The events to append; none when the command changes nothing. @throws Refused when the state does not allow it. */
  decide: (command: Command, state: State) => Event[];
}

/**
 * Decides commands one after another, each on the state that those before it led to.
 *
 * @param steps the commands, with whatever goes with them to their events
 * @returns the events in their order, each with the step that led to it, and the state after them
 * @throws whatever `decide` and `evolve` throw; then nothing of it may be appended.
 */
export function decideAll<State, Command, Event extends DomainEvent, Step extends { command: Command }>(
  { decide, evolve }: Decider<State, Command, Event>,
  before: State,
  steps: readonly Step[],
): { state: State; decided: { event: Event; step: Step }[] } {
  let state = before;
  const decided: { event: Event; step: Step }[] = [];
  for (const step of steps) {
    for (const event of decide(step.command, state)) {
      state = evolve(state, event);
      decided.push({ event, step });
    }
  }
  return { state, decided };
}

/**
 * The state that a stream's events make.
 *
 * @throws Error for an event that does not belong there, because leaving it out would hide that the stream is broken; and
 *   whatever `evolve` throws.
 */
export function stateOf<State, Command, Event extends DomainEvent>(
  { initial, owns, evolve, stream }: Decider<State, Command, Event>,
  events: readonly DomainEvent[],
): State {
  let state = initial;
  for (const event of events) {
    if (!owns(event)) throw new Error(`${event.type} does not belong into a stream like ${stream('…')}`);
    state = evolve(state, event);
  }
  return state;
}
