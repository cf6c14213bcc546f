import { type BootState, bootStateStream, type EventData, type EventOf, isEventOf } from '#contracts';
import { hashBootState } from './boot-state-hash.js';
import type { Decider } from './decider.js';

/** A boot state is either known or not; its subject's id is its hash. */
export interface KnownBootState {
  known: boolean;
}
export interface ObserveBootState {
  type: 'observe';
  bootState: BootState;
}

/** What is stored of a boot state: the facts under their hash. */
export function observed(bootState: BootState): EventData<'BootStateObserved'> {
  return { bootStateHash: hashBootState(bootState), bootState };
}

/** The first sight of a boot state stands; every further one changes nothing. */
export const bootStateDecider: Decider<KnownBootState, ObserveBootState, EventOf<'boot-state'>> = {
  stream: bootStateStream,
  initial: { known: false },
  owns: (event) => isEventOf('boot-state', event),
  evolve: () => ({ known: true }),
  decide: ({ bootState }, { known }) => (known ? [] : [{ type: 'BootStateObserved', data: observed(bootState) }]),
};
