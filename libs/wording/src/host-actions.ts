import type { HostAction, HostState, UnavailableChoice } from '#contracts';

/** How each action is called on a button, and what it does. */
export const hostActionTexts: Readonly<Record<HostAction, readonly [name: string, does: string]>> = {
  drain: ['Drain', 'They take no new runs; the one under way ends.'],
  undrain: ['End draining', 'They take runs again; what waited for them goes on.'],
  quarantine: ['Quarantine', 'They take no runs until somebody releases them.'],
  release: ['Release', 'They are well again: their quarantine ends, and what waited for them goes on.'],
  remove: ['Remove', 'No job finds them any more, and what waits there is given up. Their history stays.'],
  restore: ['Restore', 'Jobs find them again, and their workers serve them.'],
};

/** What can be done to a host in each state, and changes something. */
export const hostActionsIn: Readonly<Record<HostState, readonly HostAction[]>> = {
  online: ['drain', 'quarantine', 'remove'],
  silent: ['drain', 'quarantine', 'remove'],
  never: ['drain', 'quarantine', 'remove'],
  draining: ['undrain', 'quarantine', 'remove'],
  quarantined: ['release', 'remove'],
  removed: ['restore'],
};

/** Hosts that can't begin their runs, by the key of a job's `unavailable`, and what becomes of them unless it says otherwise. */
export const usualChoices: Readonly<Record<'silent' | 'draining' | 'quarantined', UnavailableChoice>> = {
  silent: 'wait',
  draining: 'skip',
  quarantined: 'skip',
};

/** What a job does about a host that can't begin its runs. */
export const unavailableChoices: Readonly<Record<UnavailableChoice, string>> = {
  wait: 'they wait',
  skip: 'left out',
  fail: 'job refused',
};
