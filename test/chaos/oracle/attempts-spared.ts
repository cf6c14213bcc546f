import { traitsOf } from '../fault-kinds.js';
import type { Fault } from '../schedule.js';
import type { Finding } from './finding.js';
import type { RunStory } from './run-story.js';

/** Attempts that were given up, by why. Cancelling is what people asked for and not counted. */
export function givenUp(runs: Iterable<RunStory>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { attempts } of runs)
    for (const { gaveUp } of attempts)
      if (gaveUp !== null && gaveUp !== 'cancelled') counts[gaveUp] = (counts[gaveUp] ?? 0) + 1;
  return counts;
}

/** Where no fault may cost an attempt (fault-kinds.ts), none was given up. */
export function attemptsSpared(faults: readonly Fault[], runs: Iterable<RunStory>): Finding[] {
  if (faults.some(({ kind }) => traitsOf(kind).mayCostAttempts)) return [];
  return Object.entries(givenUp(runs)).map(([reason, count]) => ({
    check: 'attempts',
    about: 'all runs',
    says: `${count} attempts were given up (${reason}), and no fault of this schedule may cost one`,
  }));
}
